/** A sequencer that kills itself at the n-th thing that it asks of the database or the disk, if it comes to so many. */
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { openCheckpointFile } from '#notary/checkpoint-file'
import { openLogKey } from '#notary/log-key'
import { Database } from '#store/database'
import { catchUp } from '#workflow/ledger/catch-up'
import { sequence } from '#workflow/ledger/sequence'

const [config = '{}', folder = '', killAt = '0', mode = 'batch'] = process.argv.slice(2)
let steps = 0

/** Counts a step, and dies where that is asked for. */
function step() {
  steps++
  if (steps === Number(killAt)) process.kill(process.pid, 'SIGKILL')
}

/** Makes a method count before it does its work; between two of them nothing outside is changed. */
function counted(prototype, name) {
  const real = prototype[name]
  prototype[name] = function (...given) {
    step()
    return real.apply(this, given)
  }
}

counted(pg.Client.prototype, 'query')
const file = await open('/dev/null')
const handle = Object.getPrototypeOf(file)
await file.close()
for (const name of ['datasync', 'sync', 'truncate', 'writeFile']) counted(handle, name)
/** A line may be cut in the middle. */
const append = handle.appendFile
handle.appendFile = async function (text) {
  const half = Math.floor(text.length / 2)
  step()
  await append.call(this, text.slice(0, half))
  step()
  await append.call(this, text.slice(half))
}

const key = await openLogKey({ folder, mayMake: true })
if (mode === 'batch') {
  const database = new Database(JSON.parse(config))
  const notary = { key, file: await openCheckpointFile(join(folder, 'checkpoints')) }
  await catchUp(database, notary)
  const batch = await sequence(database, key, new Date('2026-05-01T10:00:00Z'))
  await notary.file.append({ at: batch.checkpoint.at, note: batch.checkpoint.note })
  await notary.file.close()
  await database.close()
}
process.stdout.write(`${steps}\n`)
