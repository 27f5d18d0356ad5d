/** Lock: a file beside the journal that names the process which holds it. */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { Fault } from '#terms/fault'

/**
 * Takes the lock file beside a journal; one left by a process that is gone is taken over.
 *
 * @throws Fault `journal.busy` when a running process holds it
 */
export async function holdLock(path: string): Promise<void> {
  const lock = `${path}.lock`
  try {
    await writeFile(lock, `${process.pid}\n`, { flag: 'wx', mode: 0o600 })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
    const holder = Number.parseInt(await readFile(lock, 'utf8').catch(() => ''), 10)
    if (isRunning(holder)) {
      throw new Fault('journal.busy', `${path} is held by process ${holder}`, { cause })
    }
    await writeFile(lock, `${process.pid}\n`, { mode: 0o600 })
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Lets a journal go. */
export async function letGo(path: string): Promise<void> {
  await rm(`${path}.lock`, { force: true })
}
