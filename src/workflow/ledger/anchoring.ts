/** Anchoring: the newest checkpoint given to each witness and time-stamping service, and mailed, again and again. */
import { hash } from 'node:crypto'
import { errorFields } from '#ground/log'
import type { Ask } from '#ground/wire/ask'
import type { VerifierKey } from '#ledger/key'
import { consistencyProof } from '#ledger/proof'
import { type MailPlace, mailed } from '#notary/mail'
import { stampedBy, type TimestampService } from '#notary/timestamp/service'
import { cosignedBy, seenElsewhere, type Witness } from '#notary/witness'
import { type Anchor, anchorTries, keepAnchor, lastCheckpoint, type StoredCheckpoint } from '#store/anchors'
import { Fault } from '#terms/fault'
import type { LedgerDesk } from './desk.ts'
import type { AskFirst, Beside } from './sequencer.ts'
import { tilesIn } from './tiles.ts'

/** Where checkpoints are put outside, besides the file, and how often. */
export interface Outside {
  readonly witnesses: readonly Witness[]
  readonly timestamps: readonly TimestampService[]
  readonly mails: readonly MailPlace[]
  /** Between two rounds; the newest checkpoint is given, and none twice. */
  readonly everySeconds: number
  readonly ask: Ask
}

/** One place outside. */
interface Place {
  readonly kind: Anchor['kind']
  readonly name: string
  /** Between two checkpoints given there at least; absent: each round has one. */
  readonly everySeconds?: number
  give(checkpoint: StoredCheckpoint, seenSize: number): Promise<Uint8Array>
}

/** What puts checkpoints outside while the sequencer runs. A place that fails is asked again in the next round. */
export function anchoring(desk: LedgerDesk, outside: Outside): Beside {
  return async ({ key }, stop) => {
    while (!stop.aborted) {
      await anchorOnce(desk, outside, key.verifier).catch((error: unknown) =>
        desk.log.warn('checkpoints could not be put outside', errorFields(error)),
      )
      await desk.pause(outside.everySeconds, stop).catch(() => undefined)
    }
  }
}

/**
 * One round: the newest checkpoint for each place that lacks it, and whose time has come.
 *
 * @param isAsked somebody asks for it now: no place waits for its time
 * @returns how many places took it
 */
export async function anchorOnce(
  desk: LedgerDesk,
  outside: Outside,
  log: VerifierKey,
  isAsked = false,
): Promise<number> {
  const last = await lastCheckpoint(desk.database)
  if (!last) return 0
  const tries = await anchorTries(desk.database)
  let taken = 0
  for (const place of placesOf(desk, outside, log)) {
    const tried = tries.find((one) => one.kind === place.kind && one.place === place.name)
    const before = tried?.size ?? 0
    const isDue = isAsked || isTime(place, tried?.at, desk.now())
    if (before < last.size && isDue && (await put(desk, place, last, before))) taken++
  }
  return taken
}

/**
 * Asks every witness, before anything is signed, whether it has seen more than there is here: of a data directory that was put
 * back as a whole nothing in it tells. One that does not answer keeps nothing from going on, and that is said.
 *
 * @returns what throws Fault `ledger.behind` where one has
 */
export function askingWitnesses(desk: LedgerDesk, { ask, witnesses }: Outside): AskFirst {
  return async ({ key: { verifier: log } }) => {
    const last = await lastCheckpoint(desk.database)
    if (!last) return
    const { note, size } = last
    const proofFrom = (from: number) => consistencyProof(from, size, tilesIn(desk.database))
    for (const witness of witnesses) {
      const place = witness.key.name
      const given = { log, note, size, seenSize: size, proofFrom }
      const seen = await seenElsewhere(ask, witness, given).catch((error: unknown) => {
        if (!(error instanceof Fault)) throw error
        desk.log.warn('a witness could not be asked what it has seen', { place, ...errorFields(error) })
        return undefined
      })
      if (seen !== undefined)
        throw new Fault('ledger.behind', `the witness ${place} ${seen}, and the database has ${size}`)
    }
  }
}

function isTime({ everySeconds = 0 }: Place, last: string | undefined, now: Date): boolean {
  return last === undefined || now.getTime() - Date.parse(last) >= everySeconds * 1000
}

async function put(desk: LedgerDesk, place: Place, last: StoredCheckpoint, before: number): Promise<boolean> {
  const anchor = { size: last.size, kind: place.kind, place: place.name } as const
  try {
    const proof = await place.give(last, before)
    await keepAnchor(desk.database, { ...anchor, at: desk.now().toISOString() }, { proof })
    return true
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    desk.log.warn('a checkpoint was not taken outside', { place: place.name, ...errorFields(error) })
    const at = desk.now().toISOString()
    await keepAnchor(desk.database, { ...anchor, at }, { failedBecause: error.message })
    return false
  }
}

function placesOf({ database, now }: LedgerDesk, outside: Outside, log: VerifierKey): Place[] {
  const { ask, witnesses, timestamps, mails } = outside
  return [
    ...witnesses.map(
      (witness): Place => ({
        kind: 'witness',
        name: witness.key.name,
        give: async ({ size, note }, seenSize) => {
          const read = tilesIn(database)
          const proofFrom = (from: number) => consistencyProof(from, size, read)
          return Buffer.from(await cosignedBy(ask, witness, { log, note, size, seenSize, proofFrom }))
        },
      }),
    ),
    ...timestamps.map(
      (service): Place => ({
        kind: 'timestamp',
        name: new URL(service.url).host,
        give: ({ note }) => stampedBy(ask, service, hash('sha256', note, 'buffer')),
      }),
    ),
    ...mails.map(
      (mail): Place => ({
        kind: 'mail',
        name: mail.name,
        everySeconds: mail.everySeconds,
        give: ({ size, note }) => mailed(mail, { origin: log.name, size, note, at: now() }),
      }),
    ),
  ]
}
