/** A restore that says when it has begun to restore, and then stands still and waits to be killed. */
import { writeSync } from 'node:fs'
import { restoreIntoDatabase, restoreIntoFolder } from '#store/backup/into'
import type { BackupAt } from '#store/backup/told'

const [kind, into = '', file = ''] = process.argv.slice(2)

function stand({ step, done, total }: BackupAt): void {
  if (step !== 'restore' || done < total / 2) return
  writeSync(1, 'restoring\n')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}

if (kind === 'folder') await restoreIntoFolder(into, file, stand)
else await restoreIntoDatabase(into, file, stand)
