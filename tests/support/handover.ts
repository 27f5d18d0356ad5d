/** Handovers: a desk with two sealed items, three people, and a recipient's identity, up to the file that is written. */
import { randomBytes } from 'node:crypto'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import { signingKey } from '#ledger/key'
import type { ItemId } from '#terms/evidence'
import type { Handover, Recipient } from '#terms/handover'
import type { Person, PersonId } from '#terms/people'
import { type ExportDesk, logSigner, writeHandover } from '#workflow/evidence/export'
import { approve, propose } from '#workflow/evidence/handover'
import { addCheck, addRecipient, seeRecipients } from '#workflow/evidence/recipients'
import { temporaryDatabase } from './database.ts'
import { someone } from './people.ts'
import { type MovableDesk, movableDesk, sealedItem } from './viewing.ts'

/** The key with which the log signs. */
export const KEY = signingKey('tutela.example/log', randomBytes(32))

export interface HandoverScene {
  readonly desk: MovableDesk & ExportDesk
  readonly officer: Person
  readonly senior: Person
  readonly supervisor: Person
  readonly identity: string
  readonly items: readonly ItemId[]
  readonly contents: readonly Buffer[]
}

export async function handoverScene(): Promise<HandoverScene> {
  const at = await temporaryDatabase()
  const signer = logSigner(KEY)
  const desk = Object.assign(await movableDesk(at), { signer })
  const contents = [Buffer.from('the first file'), randomBytes(150_000)]
  const items: ItemId[] = []
  for (const bytes of contents) items.push(await sealedItem(desk, 'K-1', bytes))
  return {
    ...{ desk, items, contents, identity: await generateIdentity() },
    officer: await someone(at.database, ['officer'], { cases: ['K-1'] }),
    senior: await someone(at.database, ['approving-senior-officer'], { cases: ['K-1'] }),
    supervisor: await someone(at.database, ['supervisor'], { cases: ['K-1'] }),
  }
}

/** Somebody who signed in a moment ago. */
export function justNow(desk: { now(): Date }, { id }: { readonly id: PersonId }) {
  return { by: id, signedInAt: desk.now() }
}

/** A recipient whose key was checked by so many. */
export async function recipient(
  { desk, identity, officer, senior, supervisor }: HandoverScene,
  checks = 2,
): Promise<Recipient> {
  const given = {
    name: 'A national unit',
    kind: 'nca',
    ageRecipient: await identityToRecipient(identity),
  } as const
  const { id } = await addRecipient(desk, supervisor.id, given)
  for (const { id: by } of [officer, senior].slice(0, checks))
    await addCheck(desk, by, id, 'read out by telephone')
  return (await seeRecipients(desk, officer.id)).find((one) => one.id === id) ?? fail()
}

/** For what is surely there. */
export function fail(): never {
  throw new Error('there is none')
}

export function proposed(
  { desk, officer, items }: HandoverScene,
  to: Pick<Recipient, 'id'>,
): Promise<Handover> {
  const asked = {
    items,
    recipient: to.id,
    caseNumber: 'K-1',
    purpose: 'proceedings',
    because: 'for the court',
  } as const
  return propose(desk, { by: officer.id }, asked)
}

/** Proposed, with its recipient checked, and approved. */
export async function approved(one: HandoverScene): Promise<Handover> {
  const { id } = await proposed(one, await recipient(one))
  return approve(one.desk, justNow(one.desk, one.senior), id)
}

/** Written, and its file's bytes. */
export async function written(one: HandoverScene, id: string) {
  const chunks: Uint8Array[] = []
  const told = await writeHandover(one.desk, one.officer.id, id, async (bytes) => {
    for await (const chunk of bytes) chunks.push(chunk)
  })
  return { ...told, file: Buffer.concat(chunks) }
}
