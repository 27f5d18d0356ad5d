/** Abandoned: what a process that is gone was building beside what stands. */
import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** What is built aside: a cluster, or a data directory that a backup is being restored into. */
export type Aside = 'store' | 'restoring'

const NAME = /^\.(store|restoring)\.(\d{1,10})\.[0-9a-f]{8}\.part$/

/** A name for what this process builds in a folder. */
export function asidePath(folder: string, kind: Aside): string {
  return join(folder, `.${kind}.${process.pid}.${randomBytes(4).toString('hex')}.part`)
}

/** What is being built in a folder, and whether whoever builds it still runs. */
export async function asides(folder: string, kind: Aside): Promise<{ path: string; isAbandoned: boolean }[]> {
  const names = await readdir(folder).catch(() => [])
  return names.flatMap((name) => {
    const [, found, pid] = NAME.exec(name) ?? []
    if (found !== kind) return []
    return [{ path: join(folder, name), isAbandoned: Number(pid) !== process.pid && !isRunning(Number(pid)) }]
  })
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM'
  }
}
