/** Make: a golden set: generated pictures, each labelled as if it were of one category of a scheme. No file is ever given. */
import { newId } from '#ground/id'
import { addGoldenSet, type GoldenPicture, type GoldenSet, goldenSets } from '#store/golden'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import { type AssessDesk, NO_CATEGORY } from '../assess/desk.ts'
import { pass } from '../door.ts'
import { goldenPicture, SCENES_MAX } from './picture.ts'

type MakeDesk = Pick<AssessDesk, 'database' | 'vocabularies' | 'schemes' | 'now'>

/** Which set is to be made. */
export interface GoldenAsked {
  readonly by: PersonId
  readonly count: number
  readonly seed: number
  /** One that is graded in; the main one unless given. */
  readonly scheme?: string
}

/** Seeds from 1 to this. */
export const SEED_MAX = 1_000_000

/**
 * Makes a golden set; its categories come in turn, *none* among them. The same seed gives the same pictures.
 *
 * @throws Fault `people.refused`, on record; `request.invalid`; `store.exists` where pictures of that seed are in a set already
 */
export async function makeGolden(
  desk: MakeDesk,
  { by, count, seed, scheme }: GoldenAsked,
): Promise<GoldenSet> {
  const { database, schemes, vocabularies } = desk
  const name = scheme ?? schemes[0] ?? ''
  const known = schemes.includes(name) ? vocabularies.schemes.get(name) : undefined
  if (!known) throw new Fault('request.invalid', `nothing is graded in the scheme ${name} here`)
  if (!isWhole(count, SCENES_MAX)) throw new Fault('request.invalid', `a set has 1 to ${SCENES_MAX} pictures`)
  if (!isWhole(seed, SEED_MAX))
    throw new Fault('request.invalid', `a seed is a whole number from 1 to ${SEED_MAX}`)
  const at = desk.now()
  await pass(database, { by, act: 'make-golden', at }, async () => undefined) // before anything is drawn
  const categories = [...known.codes.map(({ code }) => code), NO_CATEGORY]
  const pictures: GoldenPicture[] = []
  for (let scene = 0; scene < count; scene++) {
    const category = categories[scene % categories.length] ?? NO_CATEGORY
    const { sha256 } = await goldenPicture(seed, scene, category)
    const grades = [{ scheme: name, version: known.version, category }]
    pictures.push({ sha256, scene, grades, annotation: { origin: 'generated' } })
  }
  return pass(database, { by, act: 'make-golden', at }, (tx) =>
    addGoldenSet(tx, { id: newId('g'), scheme: name, seed, pictures }, { actor: `person:${by}`, at }),
  )
}

function isWhole(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= most
}

/** Every golden set, and how many of each were mixed in; never as which cases. @throws Fault `people.refused`, on record */
export function listGolden(
  { database, now }: Pick<MakeDesk, 'database' | 'now'>,
  by: PersonId,
): Promise<GoldenSet[]> {
  return pass(database, { by, act: 'make-golden', at: now() }, (tx) => goldenSets(tx))
}
