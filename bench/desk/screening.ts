/** Screening: how fast jobs screen what lies in the vault, alone beside a scan, and among many items while people work. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newId } from '#ground/id'
import { readVocabularies } from '#lists/vocabularies'
import { type Decoders, openDecoders } from '#media/decoders'
import { addCaseItem } from '#store/case-items'
import { openCase } from '#store/cases'
import type { Database } from '#store/database'
import type { openStore } from '#store/open'
import type { Priority } from '#terms/casework'
import { type OpenEvidence, openEvidence } from '#workflow/evidence/desk'
import { sealItem } from '#workflow/evidence/seal'
import { Views } from '#workflow/gate/view'
import { severityBy } from '#workflow/queue/severity'
import type { ScreenDesk } from '#workflow/screen/desk'
import { screenDue } from '#workflow/screen/screen'
import { type Figure, median } from '../../kernels/bench/figure.ts'
import { asFile } from '../../src/scenes/edit.ts'
import { scene } from '../../src/scenes/scene.ts'
import { LinearIndex } from '../../tests/support/linear-index.ts'
import { milliseconds, now, SIGNED } from './ground.ts'

const AT_ONCE = 6
const JOBS = 2
const BATCH = 60
const ROUNDS = 3
const PICTURES = 240
const SEALED = { by: 'tutela', purpose: 'screen', profile: 'hotline-memorandum' } as const
const PLAIN: Priority = {
  ...{ atRisk: false, gradeOne: false, severity: 1, confidence: 0, trust: 'usual' },
  receivedAt: '2026-01-01T00:00:00.000Z',
}

export type OpenStore = Awaited<ReturnType<typeof openStore>>

/** What screening is measured with. */
export interface Room {
  readonly desk: ScreenDesk
  readonly evidence: OpenEvidence
  readonly decoders: Decoders
  readonly data: string
}

/** Opens vault and decoders for `work`, and closes them. */
export async function inRoom<T>(
  { database, config: connection }: OpenStore,
  data: string,
  work: (room: Room) => Promise<T>,
): Promise<T> {
  const decoders = await openDecoders({ jobs: JOBS, sandbox: 'auto' })
  const evidence = await openEvidence({ database, connection, data, decoders, now })
  const index = new LinearIndex([{ id: 1, name: 'known' }], [{ list: 1, pdq: 'ab'.repeat(32) }])
  const desk = {
    ...{ database, index, views: new Views(index), evidence, now },
    ...{ severityOf: severityBy(readVocabularies()), versionOf: () => undefined },
  }
  try {
    return await work({ desk, evidence, decoders, data })
  } finally {
    await evidence.close()
    await decoders.close()
  }
}

/** Sealed pictures, each an item of a case of its own, are opened, decoded, hashed, looked up, and their cases settled. */
export function screenRatio(store: OpenStore, data: string): Promise<Figure> {
  return inRoom(store, data, async (room) => {
    const [ratios, rates]: [number[], number[]] = [[], []]
    for (let round = 0; round < ROUNDS; round++) {
      const { scanned, screened } = await screenBeside(room, round * PICTURES, PICTURES, [1600, 1004])
      ratios.push(scanned / screened)
      rates.push((PICTURES * 1000) / screened)
    }
    const rate = `${median(rates).toFixed(1)} items/s from the vault, each of a case of its own`
    const note = `${rate}, ${JOBS} children, beside the files read by them, ${ROUNDS} rounds of ${PICTURES}`
    return { name: 'desk.screenRatio', value: median(ratios), unit: 'ratio', reach: 0.5, goal: 0.8, note }
  })
}

/** Milliseconds that a scan of pictures takes, and their screening from the vault. */
export async function screenBeside(
  room: Room,
  from: number,
  pictures: number,
  size: readonly [number, number],
): Promise<{ readonly scanned: number; readonly screened: number }> {
  const files = await sealedCases(room, from, pictures, size)
  const scanned = await milliseconds(() =>
    inLanes(files, (file) => room.decoders.read(file, { pictures: true })),
  )
  return { scanned, screened: await milliseconds(() => screenAll(room.desk, pictures)) }
}

/** Screens so many items, or what is due, as the job does. */
export async function screenAll(desk: ScreenDesk, itemsMax: number): Promise<number> {
  const { signal } = new AbortController()
  let left = itemsMax
  let done = 0
  const lane = async (): Promise<void> => {
    while (left > 0) {
      const asked = Math.min(left, BATCH)
      left -= asked
      const took = await screenDue(desk, signal, asked)
      done += took
      if (took === 0) return
    }
  }
  await Promise.all([lane(), lane()])
  return done
}

async function sealedCases(
  { desk: { database }, evidence, data }: Room,
  from: number,
  count: number,
  [width, height]: readonly [number, number],
): Promise<string[]> {
  const files: string[] = []
  const { bytes } = await asFile(scene(1, width, height))
  for (let at = from; at < from + count; at++) {
    const own = Buffer.concat([bytes, Buffer.from(String(at))]) // behind the picture: another file, the same work
    const file = join(data, `picture-${at}.jpg`)
    await writeFile(file, own)
    files.push(file)
    await sealedCase(database, evidence, own)
  }
  return files
}

async function sealedCase(database: Database, evidence: OpenEvidence, bytes: Buffer): Promise<void> {
  const { id, digests } = await sealItem(evidence, pieceOf(bytes), SEALED)
  await database.transaction(async (tx) => {
    const number = newId('c')
    await openCase(tx, { number, kind: 'hotline', priority: PLAIN }, SIGNED)
    const given = { id: newId('i'), caseNumber: number, item: id, kind: 'material' } as const
    await addCaseItem(tx, { ...given, hashes: digests, screenAfter: SIGNED.at }, SIGNED)
  })
}

async function* pieceOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function inLanes<T>(given: readonly T[], work: (one: T) => Promise<unknown>): Promise<void> {
  const waiting = given.values()
  const lane = async (): Promise<void> => {
    for (const one of waiting) await work(one)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
}
