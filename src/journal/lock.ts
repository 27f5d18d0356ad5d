/** Lock: a file beside the journal that names the process which holds it, by number and by when it began. */
import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises'
import { Fault } from '#terms/fault'

const CONTENT = /^tutela (\d{1,10}) (\d{1,20})\n$/

/**
 * Takes the lock file beside a journal; one left by a process that is gone is taken over. The file appears whole.
 *
 * @throws Fault `journal.busy` when a running process holds it, or when a file of that name is no lock
 */
export async function holdLock(path: string): Promise<void> {
  const lock = lockOf(path)
  const own = `${lock}.${process.pid}`
  try {
    await writeFile(own, `tutela ${process.pid} ${(await beginOf(process.pid)) ?? 0}\n`, { mode: 0o600 })
    if (await linked(own, lock)) return
    await removeStale(path, lock)
    if (!(await linked(own, lock)))
      throw new Fault('journal.busy', `${lock} was taken by another scan just now`)
  } finally {
    await unlink(own).catch(() => {}) // it may never have come to be
  }
}

/** Lets a journal go. A lock that is not this process's own is left alone. */
export async function letGo(path: string): Promise<void> {
  const lock = lockOf(path)
  const held = CONTENT.exec(await readFile(lock, 'utf8').catch(() => ''))
  if (Number(held?.[1]) === process.pid) await unlink(lock)
}

function lockOf(path: string): string {
  return `${path}.lock`
}

/** Gives a written file its name; false when the name is taken. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw cause
  }
}

async function removeStale(path: string, lock: string): Promise<void> {
  const held = CONTENT.exec(await readFile(lock, 'utf8').catch(() => ''))
  if (!held) {
    throw new Fault(
      'journal.busy',
      `${lock} is in the way: it is not the lock of a scan, and is left as it is`,
    )
  }
  const [, pid, begin] = held
  if ((await beginOf(Number(pid))) === Number(begin)) {
    throw new Fault('journal.busy', `${path} is held by process ${pid} (${lock})`)
  }
  const aside = `${lock}.${process.pid}.stale`
  await rename(lock, aside)
  await unlink(aside)
}

/**
 * When a process began, in clock ticks since the machine did, so that a number given anew is not taken for the old process;
 * undefined when it is gone or only waits to be reaped. Where the system does not tell, 0 for one that runs.
 */
async function beginOf(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  if (status !== undefined) {
    // The name in parentheses may hold anything: the fields are counted from behind it (proc(5): state is 3, begin 22).
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : Number(fields[19])
  }
  return process.platform === 'linux' || !isRunning(pid) ? undefined : 0
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM'
  }
}
