/** Confined: runs one program that reads hostile bytes from its input, and takes what it says within bounds of size and time. */
import { spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { Launch } from '#ground/sandbox/confinement'

/** What the program is given, and what it may give. */
export interface Run {
  readonly launch: Launch
  readonly input: readonly Buffer[]
  readonly secondsMax: number
  /** Bytes of its output, and of what it says besides on channel 3. */
  readonly bytesMax: number
  readonly closing: AbortSignal
  /** Takes the output piece by piece. */
  taken(piece: Buffer): void | Promise<void>
}

/** What became of it. `besides` is what came on channel 3, at most 4 MB. */
export type Ran =
  | { readonly kind: 'ended'; readonly besides: Buffer }
  | { readonly kind: 'failed'; readonly because: 'decoder-failed' | 'too-large' }

const OUTPUT = 1
const BESIDES = 3
const BESIDES_BYTES_MAX = 4 << 20

/** Runs it. It is ended where it takes too long or says too much. */
export async function run({ launch, input, secondsMax, bytesMax, closing, taken }: Run): Promise<Ran> {
  const failed = { kind: 'failed', because: 'decoder-failed' } as const
  if (closing.aborted) return failed
  const { file, args, env, uid, gid } = launch
  const child = spawn(file, [...args], {
    env: { ...env },
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore', 'pipe'],
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
  })
  const end = (): void => void child.kill('SIGKILL')
  const timer = setTimeout(end, secondsMax * 1000)
  closing.addEventListener('abort', end, { once: true })
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null))
    child.once('close', resolve)
  })
  const stdin = child.stdin as Writable
  stdin.on('error', () => {}) // it has what it needs, or has ended: its exit code tells
  try {
    for (const piece of input) stdin.write(piece)
    stdin.end()
    const [besides] = await Promise.all([
      gathered(child.stdio[BESIDES] as Readable, BESIDES_BYTES_MAX),
      passed(child.stdio[OUTPUT] as Readable, bytesMax, taken),
    ])
    return (await ended) === 0 ? { kind: 'ended', besides } : failed
  } catch (error) {
    end()
    await ended
    return error instanceof RangeError ? { kind: 'failed', because: 'too-large' } : failed
  } finally {
    clearTimeout(timer)
    closing.removeEventListener('abort', end)
  }
}

async function passed(from: Readable, bytesMax: number, taken: Run['taken']): Promise<void> {
  let count = 0
  for await (const piece of from as AsyncIterable<Buffer>) {
    count += piece.length
    if (count > bytesMax) throw new RangeError('more than it may say')
    await taken(piece)
  }
}

async function gathered(from: Readable, bytesMax: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  await passed(from, bytesMax, (piece) => void pieces.push(piece))
  return Buffer.concat(pieces)
}
