// The life of an item, in a process that kills itself at its n-th step: behind each change of the disk and of the database, and
// at each step of opening, which changes nothing. To be killed anywhere between two of these leaves what the first one left.
import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const [data, connection, at] = process.argv.slice(2)
const killAt = Number(at)
let steps = 0
let isCounting = false

function step() {
  if (isCounting && ++steps === killAt) process.kill(process.pid, 'SIGKILL')
}

/** A step behind each call that changes something. */
function counted(holder, name, changes = () => true) {
  const own = holder[name]
  holder[name] = async function (...given) {
    const result = await own.apply(this, given)
    if (changes(...given)) step()
    return result
  }
}
counted(fs.promises, 'open', (_, flags) => flags === 'wx' || flags === 'w')
for (const name of ['rename', 'unlink', 'mkdir']) counted(fs.promises, name)
const some = await fs.promises.open(process.execPath)
counted(Object.getPrototypeOf(some), 'write')
await some.close()
syncBuiltinESMExports()

const { openEvidence } = await import('#workflow/evidence/desk')
const { sealItem } = await import('#workflow/evidence/seal')
const { finishBegun } = await import('#workflow/evidence/destroy')
const { KeyedDigests } = await import('#ground/digest-key')
const { Database } = await import('#store/database')
const { grantOpening, releaseOpening, endOpening } = await import('#store/openings')
const { approveDestruction, beginDestruction, proposeDestruction } = await import('#store/destructions')
const { lapseKept } = await import('#store/kept')
const { endItem } = await import('#store/items')

/** A step behind every commit, whether of a transaction or of one statement. */
class Counting extends Database {
  async transaction(work) {
    const result = await super.transaction(work)
    step()
    return result
  }

  async query(...given) {
    const result = await super.query(...given)
    if (result.command !== 'SELECT') step()
    return result
  }
}

/** What is told is what the outside was promised. */
function told(kind, more = {}) {
  fs.writeSync(1, `${JSON.stringify({ kind, ...more })}\n`)
}

async function* stream(bytes) {
  for (let from = 0; from < bytes.length; from += 50_000) yield bytes.subarray(from, from + 50_000)
}

const now = () => new Date()
const digests = new KeyedDigests(`${data}/keys/people`)
const database = new Counting(JSON.parse(connection), { connectionsMax: 3, digests })
const decoders = { readBytes: () => Promise.reject(new Error('nothing is decoded here')) }
const reads = (name) => name.startsWith('open') && step()
const given = { database, connection: JSON.parse(connection), data, decoders, now, step: reads }
const desk = await openEvidence(given)
isCounting = true

const content = () => Buffer.concat([Buffer.from(`plaintext of run ${killAt} `), randomBytes(70_000)])
const digest = (bytes) => createHash('sha256').update(bytes).digest('hex')
const asked = { by: 'tutela', purpose: 'assess', profile: 'hotline-memorandum' }
const signed = (actor) => ({ actor, at: now() })

const kept = content()
told('sealing', { sha256: digest(kept) })
const item = await sealItem(desk, stream(kept), asked)
told('sealed', { item: item.id, sha256: digest(kept) })
await sealItem(desk, stream(kept), { ...asked, purpose: 'second-review' })
told('sealed again', { item: item.id })

const opening = await database.transaction((tx) =>
  grantOpening(tx, {
    ...{ kind: 'processing', item: item.id, person: 'tutela', purpose: 'screen', boxSeconds: 60 },
    grant: { at: now().toISOString() },
  }),
)
const opened = await desk.vault.open(await releaseOpening(database, opening, now()), now())
for await (const bytes of opened.bytes()) if (bytes.length > 0) step()
told('read', { item: item.id, opening })
await endOpening(database, opening, { ending: 'complete' }, now())

const doomed = content()
const gone = await sealItem(desk, stream(doomed), asked)
told('sealed', { item: gone.id, sha256: digest(doomed), isDoomed: true })
const { purpose, profile } = asked
const destruction = await database.transaction(async (tx) => {
  await lapseKept(tx, { item: gone.id, purpose, profile }, signed('tutela'))
  const id = await proposeDestruction(tx, gone.id, 'its time is over', signed('person:p-one'))
  await approveDestruction(tx, id, signed('person:p-other'))
  return id
})
await database.transaction(async (tx) => {
  await beginDestruction(tx, destruction, signed('person:p-other'))
  await endItem(tx, gone.id, signed('person:p-other'))
})
told('ended', { item: gone.id })
await finishBegun(desk)
told('destroyed', { item: gone.id })
isCounting = false
await desk.close()
await database.close()
told('done', { steps })
