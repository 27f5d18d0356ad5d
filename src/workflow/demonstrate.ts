/** Demonstrate: the whole scan on generated scenes, checked against a plain linear search. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { distance as bitsBetween } from '@tutela/kernels/pdq'
import { random } from '@tutela/kernels/random'
import { writeList } from '#lists/write'
import { DISTANCE_MAX, pdqQueries } from '#matching/verdict'
import type { Decoders } from '#media/decoders'
import { asFile, EDITS, type Edit, edited } from '#scenes/edit'
import { scene } from '#scenes/scene'
import type { ListEntry } from '#terms/list'
import type { FileLimits, FileLine, ScanLine, Scanned, Summary } from '#terms/scan'
import { openKnown } from './known.ts'
import { makeEntries } from './make-list.ts'
import { scan } from './scan.ts'

/** Scenes made; a third of them are edited, and their originals listed. */
const SCENES = 63
const WIDTH = 400
const HEIGHT = 300
const SEED = 2018

/** One file of the scanned folder: how near it truly is to the list, and whether the scan found it. */
export interface Exhibit {
  readonly file: string
  /** What was done to it; absent on a scene that was left as it is and is on no list. */
  readonly edit?: Edit
  /** The least distance to any entry of the list, by linear search. */
  readonly distance: number
  readonly isFound: boolean
}

/** What the demonstration showed. */
export interface Demonstration {
  readonly folder: string
  readonly list: string
  readonly exhibits: readonly Exhibit[]
  readonly summary: Summary
  /** True when the scan found exactly the files within reach, each at its true distance. */
  readonly isExact: boolean
}

export interface DemonstrationDesk {
  readonly decoders: Decoders
  readonly jobs: number
  readonly limits: FileLimits
  readonly version: string
  readonly now: () => Date
  readonly stop: AbortSignal
  /** Told what is being done, in words. */
  readonly say: (step: string) => void
  /** Told of every result of the scan. */
  readonly seen: (scanned: Scanned) => void
}

/** Makes, edits, lists and scans scenes in an empty folder, and compares the findings with a linear search. */
export async function demonstrate(folder: string, desk: DemonstrationDesk): Promise<Demonstration> {
  const places = { originals: join(folder, 'originals'), scanned: join(folder, 'scanned') }
  desk.say(`Making ${SCENES} scenes and editing ${SCENES / 3} of them`)
  const edits = await makeFolders(places)
  desk.say('Listing the originals of the edited scenes')
  const list = join(folder, 'list.csv')
  await listOriginals(places.originals, list, desk)
  desk.say('Scanning the folder')
  const known = await openKnown([list], { distanceMax: DISTANCE_MAX, strict: true })
  const terms = { distanceMax: DISTANCE_MAX, excluded: [], oneFileSystem: false, limits: desk.limits }
  const lines: FileLine[] = []
  const asked = {
    paths: [Buffer.from(places.scanned)],
    terms,
    stated: { role: 'demonstration', purpose: 'to show a scan on generated scenes' },
  }
  const summary = await scan({ ...desk, known }, asked, {
    seen: desk.seen,
    print: async (line: ScanLine) => {
      if (line.kind === 'file') lines.push(line)
    },
    conclude: async () => {}, // told by whoever asked for the demonstration
  })
  desk.say('Computing every true distance by linear search')
  const hashes = await listedHashes(places.originals, desk)
  const judged = await Promise.all(lines.map((line) => exhibitOf(line, edits, hashes, desk)))
  return {
    folder,
    list,
    summary,
    exhibits: judged.map(({ exhibit }) => exhibit),
    isExact: judged.length === SCENES && judged.every(({ isRight }) => isRight),
  }
}

/** Writes the scenes: the originals of those that are edited apart, the edits and the other scenes to be scanned. */
async function makeFolders(places: {
  originals: string
  scanned: string
}): Promise<ReadonlyMap<string, Edit>> {
  await mkdir(places.originals, { recursive: true })
  await mkdir(places.scanned, { recursive: true })
  const generator = random(SEED)
  const edits = new Map<string, Edit>()
  for (let number = 0; number < SCENES; number++) {
    const made = scene(SEED + number, WIDTH, HEIGHT)
    const name = `scene-${String(number + 1).padStart(3, '0')}`
    const edit = number % 3 === 0 ? EDITS[(number / 3) % EDITS.length] : undefined
    const original = await asFile(made)
    if (edit === undefined) {
      await writeFile(join(places.scanned, `${name}.${original.extension}`), original.bytes)
      continue
    }
    const changed = await edited(made, edit, generator.fraction())
    const file = join(places.scanned, `${name}-${edit}.${changed.extension}`)
    edits.set(file, edit)
    await writeFile(join(places.originals, `${name}.${original.extension}`), original.bytes)
    await writeFile(file, changed.bytes)
  }
  return edits
}

async function listOriginals(folder: string, list: string, desk: DemonstrationDesk): Promise<void> {
  const words = { label: 'generated scene', category: 'demonstration', source: 'tutela demo' }
  await writeList(list, 'csv', originals(folder, words, desk), {}, { overwrite: true })
}

function originals(folder: string, words: object, desk: DemonstrationDesk): AsyncGenerator<ListEntry> {
  const left = (path: Buffer, because: string): never => {
    throw new Error(`a generated scene could not be hashed: ${path.toString()}: ${because}`)
  }
  return makeEntries([Buffer.from(folder)], words, { ...desk, left })
}

async function listedHashes(folder: string, desk: DemonstrationDesk): Promise<Uint8Array[]> {
  const hashes: Uint8Array[] = []
  for await (const { pdq } of originals(folder, {}, desk)) if (pdq) hashes.push(Buffer.from(pdq, 'hex'))
  return hashes
}

/** Compares what the scan said of a file with the nearest listed hash, found by trying them all. */
async function exhibitOf(
  line: FileLine,
  edits: ReadonlyMap<string, Edit>,
  hashes: readonly Uint8Array[],
  desk: DemonstrationDesk,
): Promise<{ exhibit: Exhibit; isRight: boolean }> {
  const distance = await trueDistance(line.file, hashes, desk)
  const edit = edits.get(line.file)
  const isFound = line.verdict === 'match'
  const near = line.matches.filter((match) => match.basis === 'pdq').map((match) => match.distance)
  const isRight = isFound ? near[0] === distance && distance <= DISTANCE_MAX : distance > DISTANCE_MAX
  return { exhibit: { file: line.file, distance, isFound, ...(edit && { edit }) }, isRight }
}

async function trueDistance(
  file: string,
  hashes: readonly Uint8Array[],
  desk: DemonstrationDesk,
): Promise<number> {
  const reading = await desk.decoders.read(file, { pictures: true })
  if (reading.kind !== 'read') throw new Error(`a generated scene could not be read again: ${file}`)
  const queries = pdqQueries(reading.content)
  const distances = queries.flatMap(({ hash }) => hashes.map((listed) => bitsBetween(hash, listed)))
  return Math.min(256, ...distances)
}
