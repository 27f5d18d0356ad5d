/** Command: the built program, run as a person would run it. */
import { type ChildProcess, spawn } from 'node:child_process'
import type { EventEmitter } from 'node:events'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'

const PROGRAM = fileURLToPath(new URL('../../bin/tutela.js', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Starts the program; its streams are pipes. */
export function started(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  cwd?: string,
): ChildProcess {
  return spawn(process.execPath, [PROGRAM, ...args], { env: { ...process.env, ...environment }, cwd })
}

/** Runs the program to its end. */
export async function tutela(...args: readonly string[]): Promise<Ended> {
  return ended(started(args))
}

/**
 * Runs the command line within this process, from source, as far as standard output and error and the exit code go. For what does
 * not hang upon a process of its own; one call at a time.
 */
export async function called(...args: readonly string[]): Promise<Ended> {
  const { main } = await import('../../src/cli/main.ts')
  const code = process.exitCode
  const unlisten = [
    listeningAnew(process, 'uncaughtException'),
    listeningAnew(process.stdout, 'error'),
    listeningAnew(process.stderr, 'error'),
  ]
  const [stdout, stderr] = [caught(process.stdout), caught(process.stderr)]
  try {
    await main([process.execPath, PROGRAM, ...args])
    return { code: Number(process.exitCode), stdout: stdout.text(), stderr: stderr.text() }
  } finally {
    stdout.release()
    stderr.release()
    process.exitCode = code
    for (const end of unlisten) end()
  }
}

/** @returns what takes away the listeners that were added since */
function listeningAnew(emitter: EventEmitter, event: string): () => void {
  const before = new Set(emitter.rawListeners(event))
  return () => {
    for (const listener of emitter.rawListeners(event))
      if (!before.has(listener)) emitter.off(event, listener as () => void)
  }
}

/** Keeps what is written to a stream from here on, instead of writing it. */
function caught(stream: NodeJS.WriteStream): { text(): string; release(): void } {
  const chunks: Buffer[] = []
  const spy = vi.spyOn(stream, 'write').mockImplementation((chunk, encodingOrWritten, ...rest) => {
    chunks.push(Buffer.from(chunk as string))
    const written = [encodingOrWritten, ...rest].find((one) => typeof one === 'function')
    if (written) queueMicrotask(written)
    return true
  })
  return { text: () => Buffer.concat(chunks).toString(), release: () => spy.mockRestore() }
}

/** What a program that was started says and ends with. */
export async function ended(child: ChildProcess): Promise<Ended> {
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }
}

/** The objects of output that has one on each line. */
export function jsonLines<T = Record<string, unknown>>(output: string): T[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T)
}
