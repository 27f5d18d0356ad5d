/** Scan: the rate of the whole program over a folder, beside that of two bare decode loops over the same files. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Bench, median } from '../kernels/bench/figure.ts'
import { random } from '../kernels/src/random.ts'
import { asFile } from '../src/scenes/edit.ts'
import { scene } from '../src/scenes/scene.ts'

const run = promisify(execFile)

/** Scenes made; each is written several times, since decoding one again costs the same. */
const SCENES = 8
const COPIES = 50
const WIDTH = 1600
const HEIGHT = 1004
const LISTED = 100_000
const ROUNDS = 3

/** Yields `scan.ratioToDecode`. */
export const bench: Bench = async function* ({ wants }) {
  if (!wants('scan.ratioToDecode')) return
  const folder = await mkdtemp(join(tmpdir(), 'tutela-bench-'))
  try {
    const files = await writePictures(join(folder, 'pictures'))
    const list = await writeListOf(folder)
    const rounds: { scan: number; decode: number }[] = []
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push({ decode: await decodeRate(files), scan: await scanRate(join(folder, 'pictures'), list) })
    }
    yield {
      name: 'scan.ratioToDecode',
      value: median(rounds.map(({ scan, decode }) => scan / decode)),
      unit: 'ratio',
      reach: 0.55,
      goal: 0.65,
      peer: { name: 'two bare decode loops, files/s', value: median(rounds.map(({ decode }) => decode)) },
      note: `scan ${median(rounds.map(({ scan }) => scan)).toFixed(1)} files/s, ${LISTED} entries, 2 jobs`,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function writePictures(folder: string): Promise<string[]> {
  await mkdir(folder)
  const files: string[] = []
  for (let number = 0; number < SCENES; number++) {
    const { bytes } = await asFile(scene(number + 1, WIDTH, HEIGHT))
    for (let copy = 0; copy < COPIES; copy++) {
      const file = join(folder, `${copy}-${number}.jpg`)
      await writeFile(file, bytes)
      files.push(file)
    }
  }
  return files.sort()
}

/** A list of random hashes: what a look-up costs does not depend on whether it finds something. */
async function writeListOf(folder: string): Promise<string> {
  const generator = random(7)
  const hex = (digits: number): string =>
    Array.from({ length: digits / 8 }, () => generator.uint32().toString(16).padStart(8, '0')).join('')
  const lines = Array.from({ length: LISTED }, () => `${hex(32)},${hex(40)},${hex(64)}`)
  const file = join(folder, 'list.csv')
  await writeFile(file, `md5,sha1,pdq\n${lines.join('\n')}\n`)
  return file
}

async function decodeRate(files: readonly string[]): Promise<number> {
  const halves = [files.filter((_, at) => at % 2 === 0), files.filter((_, at) => at % 2 === 1)]
  const seconds = await Promise.all(
    halves.map(async (half) => Number((await run('npx', ['tsx', 'bench/decode-loop.ts', ...half])).stdout)),
  )
  return files.length / Math.max(...seconds)
}

async function scanRate(folder: string, list: string): Promise<number> {
  const command = ['bin/tutela.js', 'scan', folder, '--list', list, '--json', '--jobs', '2']
  // Exit code 0, or 2 where a scene is plain: both are a scan that came to its end.
  const { stdout } = await run(process.execPath, command, { maxBuffer: 1 << 26 }).catch((error: unknown) => {
    const ended = error as { code?: number; stdout?: string; stderr?: string }
    if (ended.code === 2 && ended.stdout) return { stdout: ended.stdout }
    throw error
  })
  const summary = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { files: number; seconds: number }
  if (summary.files !== SCENES * COPIES) throw new Error(`${summary.files} files were scanned`)
  return summary.files / summary.seconds
}
