/** Vault: how fast bytes are sealed, how soon a picture is safe, and how fast sealed pictures reach the decoders. */
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDecoders } from '#media/decoders'
import { openStore } from '#store/open'
import type { ItemId } from '#terms/evidence'
import { deriveItem } from '#workflow/evidence/derive'
import { type OpenEvidence, openEvidence } from '#workflow/evidence/desk'
import { sealItem } from '#workflow/evidence/seal'
import { type Bench, type Figure, median } from '../kernels/bench/figure.ts'
import { asFile } from '../src/scenes/edit.ts'
import { scene } from '../src/scenes/scene.ts'

const MEGABYTE = 1_000_000
const LARGE_BYTES = 256 * MEGABYTE
const PICTURE_BYTES = 5 * MEGABYTE
const PIECE_BYTES = 64 * 1024
const SEALS = 25
const ROUNDS = 3
const PICTURES = 60
const AT_ONCE = 6
const JOBS = 2
const ASKED = { by: 'tutela', purpose: 'assess', profile: 'hotline-memorandum' } as const

async function* pieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES)
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return (performance.now() - begun) / 1000
}

async function sealRate(desk: OpenEvidence): Promise<Figure> {
  const rates: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const bytes = randomBytes(LARGE_BYTES)
    rates.push(LARGE_BYTES / MEGABYTE / (await seconds(() => sealItem(desk, pieces(bytes), ASKED))))
  }
  const note = `${LARGE_BYTES / MEGABYTE} MB in pieces of 64 KiB, three digests, to the disk, ${ROUNDS} rounds`
  return { name: 'vault.seal', value: median(rates), unit: 'MB/s', reach: 60, goal: 120, note }
}

async function sealTime(desk: OpenEvidence): Promise<Figure> {
  const times: number[] = []
  for (let round = 0; round < SEALS; round++) {
    const bytes = randomBytes(PICTURE_BYTES)
    times.push(1000 * (await seconds(() => sealItem(desk, pieces(bytes), ASKED))))
  }
  return {
    ...{
      name: 'vault.seal5MB',
      value: median(times),
      unit: 'ms',
      reach: 150,
      goal: 100,
      lowerIsBetter: true,
    },
    note: `5 MB to acknowledged, blob, key and row forced to the disk, median of ${SEALS}`,
  }
}

/** Sealed pictures through their openings into the decoders, beside the same files through the same decoders. */
async function derivingRate(desk: OpenEvidence, decoders: Decoding, folder: string): Promise<Figure> {
  const files: string[] = []
  const items: ItemId[] = []
  for (let number = 0; number < PICTURES; number++) {
    const { bytes } = await asFile(scene((number % 8) + 1, 1600, 1004))
    const own = Buffer.concat([bytes, Buffer.from(`${number}`)]) // behind the picture's end: another file, the same picture
    const file = join(folder, `${number}.jpg`)
    await writeFile(file, own)
    files.push(file)
    items.push((await sealItem(desk, pieces(own), ASKED)).id)
  }
  const ratios: number[] = []
  const rates: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const scanned = await seconds(() => inLanes(files, (file) => decoders.read(file, { pictures: true })))
    const processed = await seconds(() => inLanes(items, (id) => deriveItem(desk, id, PROCESS)))
    ratios.push(scanned / processed)
    rates.push(PICTURES / processed)
  }
  const note = `${median(rates).toFixed(1)} pictures/s, ${AT_ONCE} at once, ${JOBS} children, beside the files read by them`
  return { name: 'vault.processRatio', value: median(ratios), unit: 'ratio', reach: 0.5, goal: 0.8, note }
}

type Decoding = Awaited<ReturnType<typeof openDecoders>>
const PROCESS = { job: 'bench', purpose: 'screen', by: 'tutela' } as const

async function inLanes<T>(given: readonly T[], work: (one: T) => Promise<unknown>): Promise<void> {
  const waiting = given.values()
  const lane = async (): Promise<void> => {
    for (const one of waiting) await work(one)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
}

/** Yields `vault.seal`, `vault.seal5MB` and `vault.processRatio`. */
export const bench: Bench = async function* ({ wants }) {
  if (!['vault.seal', 'vault.seal5MB', 'vault.processRatio'].some(wants)) return
  const folder = await mkdtemp(join(tmpdir(), 'tutela-bench-vault-'))
  await chmod(folder, 0o711) // as root the database runs as somebody else
  const store = await openStore({ data: join(folder, 'data'), create: true })
  const decoders = await openDecoders({ jobs: JOBS, sandbox: 'auto' })
  try {
    const { database, config: connection } = store
    const given = { database, connection, data: join(folder, 'data'), decoders, now: () => new Date() }
    const desk = await openEvidence(given)
    try {
      if (wants('vault.seal')) yield await sealRate(desk)
      if (wants('vault.seal5MB')) yield await sealTime(desk)
      if (wants('vault.processRatio')) yield await derivingRate(desk, decoders, folder)
    } finally {
      await desk.close()
    }
  } finally {
    await decoders.close()
    await store.close()
    await rm(folder, { recursive: true, force: true })
  }
}
