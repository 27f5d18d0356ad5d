/** Ground: a short temporary folder that the database's account can reach, and processes that use a data directory. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { placeOf } from '#store/embedded/place'
import { running, stop } from '#store/embedded/postmaster'

/** For two data directories at once, and then some. */
const ROOM_BYTES = 1e9
const USER = fileURLToPath(new URL('./user.ts', import.meta.url))

/** A place for a data directory of the running test; its server is stopped and it is gone afterwards. */
export async function dataPlace(): Promise<string> {
  const { data, remove } = await somePlace()
  onTestFinished(remove)
  return data
}

/** A place for a data directory, and what removes it. */
export async function somePlace(): Promise<{ data: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(`${await quickDisk()}/tutela-test-`) // short, since the socket lies in it
  await chmod(folder, 0o711)
  const data = join(folder, 'data')
  const remove = async () => {
    await stop(placeOf(data))
    await rm(folder, { recursive: true, force: true })
  }
  return { data, remove }
}

/** Where forcing something to the disk costs nothing, if the machine has such a place with room. */
async function quickDisk(): Promise<string> {
  const memory = await statfs('/dev/shm').catch(() => undefined)
  const mounts = await readFile('/proc/mounts', 'utf8').catch(() => '')
  const mayRun = !/ \/dev\/shm \S+ \S*noexec/.test(mounts) // a copy of the programs may come to lie there
  return memory && mayRun && memory.bavail * memory.bsize > ROOM_BYTES ? '/dev/shm' : '/tmp'
}

/** Number of the server's process; undefined when none runs. */
export async function serverNumber(data: string): Promise<number | undefined> {
  return (await running(placeOf(data)))?.pid
}

/** Another process that opens the store, says so, and closes it when told. */
export interface User {
  readonly child: ChildProcess
  /** Settles once it has opened the store, with what it said. */
  readonly opened: Promise<string>
  /** Has it close the store; settles with its exit code. */
  close(): Promise<number | null>
}

export function user(data: string): User {
  const child = spawn(process.execPath, ['--conditions=source', '--import=tsx', USER, data], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close').then(([code]) => code as number | null)
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const opened = once(child.stdout ?? child, 'data').then(([chunk]) => String(chunk).trim())
  return {
    child,
    opened,
    close: () => {
      child.stdin?.end()
      return ended
    },
  }
}
