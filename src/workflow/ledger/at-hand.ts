/** At hand: where the ledger's key and file lie in a data directory, and where its checkpoints go, from the configuration. */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import type { Log } from '#ground/log'
import { readSecret } from '#ground/secret'
import type { LedgerConfig } from '#ground/service-config'
import { ask } from '#ground/wire/ask'
import { parseVerifierKey, type SigningKey } from '#ledger/key'
import { openCheckpointFile } from '#notary/checkpoint-file'
import { checkpointFileOf, logFolder, logsSigned } from '#notary/log-folders'
import { openLogKey } from '#notary/log-key'
import type { MailPlace } from '#notary/mail'
import type { TimestampService } from '#notary/timestamp/service'
import type { Witness } from '#notary/witness'
import { logInForce } from '#store/continued'
import type { Database, Session } from '#store/database'
import { holdLock } from '#store/lock'
import { Fault } from '#terms/fault'
import type { Outside } from './anchoring.ts'
import type { LedgerDesk } from './desk.ts'

const ANCHOR_SECONDS = 60
const MAIL_HOURS = 24

/** The ledger's folder in a data directory. */
export function ledgerFolder(data: string): string {
  return join(data, 'ledger')
}

/** The log in force, and where it lies. */
export interface LogAtHand {
  /** 1, until a restored backup was gone on from. */
  readonly number: number
  readonly folder: string
  /** The file outside the database. */
  readonly file: string
  /** Its name, where that is set by the configuration or was when it went on after another. */
  readonly origin?: string
}

/** The log that a database says is in force, in a data directory. */
export async function logAtHand(
  session: Session,
  data: string,
  { origin }: LedgerConfig,
): Promise<LogAtHand> {
  const continued = await logInForce(session)
  const number = continued?.number ?? 1
  const folder = logFolder(ledgerFolder(data), number)
  const name = continued?.origin ?? origin
  return { number, folder, file: checkpointFileOf(folder), ...(name !== undefined && { origin: name }) }
}

/** The key of a log, where there is one. @throws Fault as `openLogKey` */
export function keyOf({ folder, origin }: LogAtHand, mayMake = false): Promise<SigningKey> {
  return openLogKey({ folder, mayMake, ...(origin !== undefined && { origin }) })
}

/** The key of the log in force, where there is one. @throws Fault as `openLogKey` */
export async function ledgerKey(session: Session, data: string, config: LedgerConfig): Promise<SigningKey> {
  return keyOf(await logAtHand(session, data, config))
}

/** What speaks against going on with a log: another that went on after it has signed here, and the database does not know it. */
export async function laterLog(data: string, { number }: LogAtHand): Promise<Fault | undefined> {
  const [later] = await logsSigned(ledgerFolder(data), number + 1)
  if (later === undefined) return undefined
  const path = checkpointFileOf(logFolder(ledgerFolder(data), later))
  return new Fault(
    'ledger.behind',
    `${path} has checkpoints of log ${later}, and the database is of log ${number}: it is of a backup before that`,
  )
}

/** What the sequencer of a service works at. */
export function ledgerDesk(
  store: { readonly database: Database; readonly config: pg.ClientConfig },
  data: string,
  config: LedgerConfig,
  log: Log,
): LedgerDesk {
  return {
    database: store.database,
    log,
    open: async (mayMake) => {
      const atHand = await logAtHand(store.database, data, config)
      const later = await laterLog(data, atHand)
      if (later) throw later
      return { key: await keyOf(atHand, mayMake), file: await openCheckpointFile(atHand.file) }
    },
    lock: (name) => holdLock(store.config, name),
    now: () => new Date(),
    pause: async (seconds, stop) => {
      await delay(seconds * 1000, undefined, { signal: stop })
    },
  }
}

/** Where checkpoints are put outside. @throws Fault `config.invalid` for a key that is none, or a file that cannot be read */
export async function outsideOf(config: LedgerConfig): Promise<Outside> {
  return {
    ask,
    everySeconds: config.anchorSeconds ?? ANCHOR_SECONDS,
    witnesses: witnessesOf(config),
    mails: (config.mail ?? []).map(
      ({ everyHours = MAIL_HOURS, folder, command = [], ...mail }): MailPlace => ({
        ...mail,
        everySeconds: everyHours * 3600,
        by: folder === undefined ? { kind: 'command', command } : { kind: 'folder', folder },
      }),
    ),
    timestamps: await Promise.all(
      (config.timestamps ?? []).map(
        async ({ url, rootsFile, addresses }): Promise<TimestampService> => ({
          url,
          addresses: addresses ?? 'public',
          ...(rootsFile !== undefined && { roots: await readSecret(rootsFile) }),
        }),
      ),
    ),
  }
}

/** The witnesses that the configuration names. @throws Fault `config.invalid` */
export function witnessesOf({ witnesses = [] }: LedgerConfig): Witness[] {
  return witnesses.map(({ url, key: text, addresses }) => {
    const key = parseVerifierKey(text)
    if (key?.kind !== 'cosignature')
      throw new Fault('config.invalid', `ledger.witnesses: ${text} is not the key of a witness`)
    return { url, key, addresses: addresses ?? 'public' }
  })
}
