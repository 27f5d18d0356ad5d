/** Mix: pictures of golden sets come among the others, at a set pace, as ordinary cases. */
import { itemsInCase } from '#store/case-items'
import { lockCase } from '#store/cases'
import {
  addGolden,
  type GoldenPicture,
  type GoldenSet,
  goldenBrought,
  goldenSetNamed,
  isGolden,
  nextGolden,
} from '#store/golden'
import { Fault } from '#terms/fault'
import { bringReport } from '../intake/bring.ts'
import type { IntakeDesk } from '../intake/desk.ts'
import { goldenPicture } from './picture.ts'

/** What golden pictures are mixed in with. */
export interface GoldenDesk {
  readonly intake: IntakeDesk
  readonly perDay: number
}

type Waiting = GoldenPicture & { readonly set: GoldenSet['id'] }

const DAY_MILLISECONDS = 86_400_000
const ITEMS_MAX = 1000

/**
 * Mixes in one picture where its time has come: so many a day, evenly. One that was brought and not marked when a process ended
 * is marked now; in between its digest says what it is.
 *
 * @returns whether one was mixed in
 * @throws Fault `evidence.refused` where the scene is not drawn as it was when its set was made; those of `bringReport`
 */
export async function mixGolden({ intake, perDay }: GoldenDesk): Promise<boolean> {
  if (perDay === 0) return false
  const { database, now } = intake
  const { next, lastAt } = await nextGolden(database)
  const isDue = lastAt === undefined || now().getTime() - lastAt.getTime() >= DAY_MILLISECONDS / perDay
  if (!next || !isDue) return false
  const bytes = await drawnAgain(intake, next)
  const brought = { kind: 'material', id: `${next.set}-${next.scene}`, file: once(bytes) } as const
  const { report } = await bringReport(intake, brought, { channel: 'partner', actor: 'tutela' })
  return marked(intake, next, report.caseNumber)
}

/** A picture is mixed in only as what its set was made of: nothing that was put into the table is. */
async function drawnAgain(
  { database }: IntakeDesk,
  { set, scene, sha256, grades }: Waiting,
): Promise<Uint8Array> {
  const { seed } = await goldenSetNamed(database, set)
  const drawn = await goldenPicture(seed, scene, grades[0]?.category ?? '')
  if (drawn.sha256 === sha256) return drawn.bytes
  throw new Fault(
    'evidence.refused',
    `scene ${scene} of the golden set ${set} is not drawn as it was: make a new set, with another seed`,
  )
}

async function marked({ database, now }: IntakeDesk, picture: Waiting, caseNumber: string): Promise<boolean> {
  const signed = { actor: 'tutela', at: now() } as const
  return database.transaction(async (tx) => {
    await lockCase(tx, caseNumber)
    const items = await itemsInCase(tx, caseNumber, ITEMS_MAX)
    const item = items.find(({ hashes }) => hashes.sha256 === picture.sha256)
    if (!item || !(await isGolden(tx, item.id)))
      throw new Error(`${caseNumber} has no item of the golden scene ${picture.scene}`)
    if (!(await goldenBrought(tx, picture, item.id, signed))) return false
    await addGolden(tx, item, picture, signed)
    return true
  })
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
