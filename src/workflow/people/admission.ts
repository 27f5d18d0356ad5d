/** Admission: whom one person gave a way in or a role, another lets in; where nobody else could, the record says so. */
import { LETTING_IN } from '#people/row'
import { giftsTo, hasAnother, lockAdmissions } from '#store/admissions'
import type { Transaction } from '#store/database'
import type { PersonChange } from '#store/people'
import type { PersonId } from '#terms/people'
import type { PeopleDesk } from './desk.ts'

/** Why one person was enough: nobody else could have let them in, or it is set so. */
export type Alone = 'nobody-else' | 'configured'

/** What comes of somebody who was given something. */
export type Admitting = { readonly kind: 'waits' } | { readonly kind: 'opens'; readonly alone?: Alone }

/**
 * Whether somebody waits for another person, in the transaction that would let them in.
 *
 * @param giver somebody who gives them something now, which is not written yet
 */
export async function admitting(
  tx: Transaction,
  desk: PeopleDesk,
  id: PersonId,
  giver?: PersonId,
): Promise<Admitting> {
  await lockAdmissions(tx)
  const { givers, isRelieved } = await giversTo(tx, desk, id)
  const isSet = giver !== undefined && desk.admission === 'one'
  const all = giver === undefined || isSet ? givers : [...givers, giver]
  const last = all.at(-1)
  if (last === undefined) return { kind: 'opens', ...((isRelieved || isSet) && { alone: 'configured' }) }
  if (await hasAnother(tx, LETTING_IN, [id, last])) return { kind: 'waits' }
  return { kind: 'opens', alone: 'nobody-else' }
}

/**
 * Who may not let somebody in: whoever gave them what they wait with. Where all who could have given something, it is
 * whoever gave
 * the last.
 */
export async function mayNotLetIn(tx: Transaction, desk: PeopleDesk, id: PersonId): Promise<PersonId[]> {
  const { givers } = await giversTo(tx, desk, id)
  if (await hasAnother(tx, LETTING_IN, [id, ...givers])) return givers
  return givers.slice(-1)
}

/** What the event says where one person was enough. */
export function aloneIn({ alone }: Extract<Admitting, { kind: 'opens' }>): Pick<PersonChange, 'noted'> {
  return alone === undefined ? {} : { noted: { alone } }
}

/** The person that an actor is; undefined of whoever runs the machine. */
export function personIn(actor: string): PersonId | undefined {
  return actor.startsWith('person:') ? (actor.slice('person:'.length) as PersonId) : undefined
}

/** Who gave what; where one person is enough by the configuration, a reset counts alone: they may have used its link themself. */
async function giversTo(
  tx: Transaction,
  { admission }: PeopleDesk,
  id: PersonId,
): Promise<{ readonly givers: PersonId[]; readonly isRelieved: boolean }> {
  const gifts = (await giftsTo(tx, id)).filter(({ actor }) => personIn(actor) !== undefined)
  const counted = gifts.filter(({ kind }) => admission !== 'one' || kind === 'person.sign-in-reset')
  const givers = counted.flatMap(({ actor }) => personIn(actor) ?? [])
  return { givers, isRelieved: gifts.length > counted.length }
}
