/** Service: the built program started as a person would, in a data directory of its own, and its other commands beside it. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import type { Load, Loaded } from './load.ts'

const run = promisify(execFile)
const PROGRAM = 'bin/tutela.js'
const OUTPUT_BYTES_MAX = 1 << 26

export interface Service {
  readonly url: string
  readonly child: ChildProcess
  /** Seconds from the start of the process until it listened, and until it was ready. */
  readonly listeningSeconds: number
  readonly readySeconds: number
  stop(): Promise<void>
}

/** Starts the service and waits until its index answers. */
export async function startService(data: string): Promise<Service> {
  const begun = performance.now()
  const child = spawn(process.execPath, [PROGRAM, 'start', '--port', '0', '--json'], {
    env: environment(data),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })
  const [line] = (await once(lines, 'line')) as [string]
  const { url } = JSON.parse(line) as { url: string }
  const listeningSeconds = (performance.now() - begun) / 1000
  await untilReady(url)
  const readySeconds = (performance.now() - begun) / 1000
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  return { url, child, listeningSeconds, readySeconds, stop }
}

async function untilReady(url: string): Promise<void> {
  for (;;) {
    const { status } = await fetch(`${url}/readyz`)
    if (status === 200) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Runs another command of the program on the same data, and returns the last line that it prints as JSON. */
export async function tutela<T>(data: string, ...words: readonly string[]): Promise<T> {
  const options = { env: environment(data), maxBuffer: OUTPUT_BYTES_MAX }
  const { stdout } = await run(process.execPath, [PROGRAM, ...words], options).catch((error: unknown) => {
    const ended = error as { code?: number; stdout?: string }
    // A scan that matched, or could not say of all, ended well too.
    if ((ended.code === 1 || ended.code === 2) && ended.stdout) return { stdout: ended.stdout }
    throw error
  })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as T
}

/** Loads the service from a process of its own. @throws when a request was refused: its figure would mean nothing */
export async function loaded(load: Load): Promise<Loaded> {
  const child = spawn('npx', ['tsx', 'bench/server/load.ts'], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(JSON.stringify(load))
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(child, 'close')
  const measured = JSON.parse(Buffer.concat(chunks).toString()) as Loaded
  if (measured.refused > 0) throw new Error(`${measured.refused} requests were refused`)
  return measured
}

function environment(data: string): NodeJS.ProcessEnv {
  const { DATABASE_URL: _, ...others } = process.env // the embedded PostgreSQL is what is measured
  return { ...others, TUTELA_DATA: data, TUTELA_CONFIG: '/dev/null' }
}
