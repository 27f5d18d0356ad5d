/** Server: the PostgreSQL of a data directory: the first process starts it, others attach, the last one stops it. */
import { stat } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import { Fault } from '#terms/fault'
import { asides } from './abandoned.ts'
import { type Account, accountFor } from './account.ts'
import { checkVersion, makeCluster } from './cluster.ts'
import { pruneLog } from './log.ts'
import { ownerConfig } from './passwords.ts'
import { dataDirectory, makeDataDirectory, makeSocketFolder, type Place, placeOf } from './place.ts'
import { running, type Start, start, stop } from './postmaster.ts'
import { type Absent, Presence } from './presence.ts'
import { findPrograms, type Programs } from './programs.ts'
import { refuseBarrier } from './reach.ts'
import { inTurn } from './turn.ts'

export interface ServerAsked {
  /** The data directory; `dataDirectory` says what is meant without it. */
  readonly data?: string
  /** Makes a data directory where there is none. */
  readonly create: boolean
  /** Settings beside those of settings.ts, for a server that holds nothing worth keeping. */
  readonly settings?: Readonly<Record<string, string>>
  /** Told when the server was lost and is back. */
  readonly recovered?: () => void
}

const POLL_MILLISECONDS = 20
const AGAIN_MILLISECONDS_MAX = 5_000
/** A server that recovers from a crash may take this long until it answers. */
const READY_MILLISECONDS_MAX = 900_000
/** Where nothing starts and nothing answers, waiting longer mends nothing. */
const QUIET_MILLISECONDS_MAX = 60_000
const PRUNE_MILLISECONDS = 3_600_000

/** What a server is run from. */
interface Installation {
  readonly place: Place
  readonly account: Account
  readonly programs: Programs
}

/** This process's share in the server. */
export class Server {
  readonly place: Place
  readonly account: Account
  readonly programs: Programs
  /** Connects as the user who owns the database. */
  readonly config: pg.ClientConfig
  readonly #asked: ServerAsked
  readonly #closing = new AbortController()
  #presence: Presence | undefined
  #again: Promise<void> | undefined
  #pruning: NodeJS.Timeout | undefined

  private constructor(installation: Installation, config: pg.ClientConfig, asked: ServerAsked) {
    this.place = installation.place
    this.account = installation.account
    this.programs = installation.programs
    this.config = config
    this.#asked = asked
  }

  /**
   * Opens the server of a data directory: starts it, or attaches to the one that runs.
   *
   * @throws Fault `store.missing` where there is none and none is to be made; `store.unavailable`, `store.newer`,
   *   `store.damaged`, `store.full`
   */
  static async open(asked: ServerAsked): Promise<Server> {
    const installation = await installed(asked)
    const { place } = installation
    await checkVersion(place, installation.programs)
    const server = new Server(installation, await ownerConfig(place), asked)
    await server.#attach()
    await pruneLog(place.log)
    server.#pruning = setInterval(() => pruneLog(place.log), PRUNE_MILLISECONDS).unref()
    return server
  }

  /** Leaves the server; the last to leave stops it, and has it stopped when this returns. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return
    this.#closing.abort()
    clearInterval(this.#pruning)
    await this.#again
    await this.#presence?.leave(() => stop(this.place))
  }

  /** Becomes present, and starts the server where nobody else does. */
  async #attach(): Promise<void> {
    const began = Date.now()
    let quiet = began
    while (!this.#closing.signal.aborted) {
      const met = await Presence.at(this.config, () => this.#onGone())
      if (met instanceof Presence) {
        this.#presence = met
        return
      }
      if (met === 'not-ready') quiet = Date.now()
      if (met === 'not-listening') await inTurn(String(this.config.password), () => this.#start())
      this.#checkPatience(began, quiet, met)
      await wait(POLL_MILLISECONDS)
    }
  }

  /** Starts the server; the turn is kept until the server has the cluster for itself, or has failed. */
  async #start(): Promise<void> {
    if (await running(this.place)) return
    await makeSocketFolder(this.place, this.account)
    const started = await start(this.place, this.programs, this.account, this.#asked.settings)
    try {
      await this.#untilServing(started)
    } finally {
      started.release()
    }
  }

  async #untilServing(started: Start): Promise<void> {
    const deadline = Date.now() + QUIET_MILLISECONDS_MAX
    while (Date.now() < deadline) {
      const why = started.ended()
      if (why instanceof Fault) throw why
      const lock = await running(this.place)
      if (why === 'taken' || (lock && lock.status !== '')) return
      await wait(POLL_MILLISECONDS)
    }
  }

  #checkPatience(began: number, quiet: number, met: Absent): void {
    const now = Date.now()
    if (now - quiet < QUIET_MILLISECONDS_MAX && now - began < READY_MILLISECONDS_MAX) return
    throw new Fault(
      'store.unreachable',
      `the database of ${this.place.folder} does not answer (${met}); its log is in ${this.place.log}`,
    )
  }

  /** A server that was lost while it is in use is started again, by whichever process is first. */
  #onGone(): void {
    if (this.#closing.signal.aborted || this.#again) return
    this.#again = this.#attachAgain().finally(() => {
      this.#again = undefined
    })
  }

  async #attachAgain(): Promise<void> {
    const { signal } = this.#closing
    for (
      let pause = POLL_MILLISECONDS;
      !signal.aborted;
      pause = Math.min(2 * pause, AGAIN_MILLISECONDS_MAX)
    ) {
      try {
        await this.#attach()
        if (!signal.aborted) this.#asked.recovered?.()
        return
      } catch (error) {
        if (!(error instanceof Fault)) throw error
        // A full disk or a missing program may be mended meanwhile; every statement says that nobody answers.
        await wait(pause, undefined, { signal }).catch(() => undefined)
      }
    }
  }
}

/** Finds what is installed in a data directory, and installs it where that is asked. */
async function installed(asked: ServerAsked): Promise<Installation> {
  const place = placeOf(dataDirectory(asked.data))
  const isThere = await hasCluster(place)
  if (!isThere) await refuseRestoring(place)
  if (!isThere && !asked.create)
    throw new Fault('store.missing', `there is no Tutela data directory at ${place.folder}`)
  const account = await accountFor(place.cluster)
  if (account.isAnother) await refuseBarrier(place.folder, account)
  if (!isThere) await makeDataDirectory(place, account)
  const programs = await findPrograms(place.folder, account)
  if (!isThere) await makeCluster(place, programs, account, asked.settings?.['fsync'] !== 'off')
  return { place, account, programs }
}

/**
 * An empty store must not take the place of one that was to be restored.
 *
 * @throws Fault `store.unavailable`
 */
export async function refuseRestoring(place: Place): Promise<void> {
  const [restoring] = await asides(place.folder, 'restoring')
  if (!restoring) return
  throw new Fault(
    'store.unavailable',
    restoring.isAbandoned
      ? `a restore into ${place.folder} was cut off, and nothing of it is there: run it again, or remove ${restoring.path}`
      : `a backup is being restored into ${place.folder}: wait for it to end`,
  )
}

/** @throws Fault `store.unavailable` where this user may not even look */
export async function hasCluster(place: Place): Promise<boolean> {
  try {
    return (await stat(place.cluster)).isDirectory()
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') return false
    throw new Fault('store.unavailable', `${place.cluster} cannot be looked at by this user (${code})`, {
      cause,
    })
  }
}
