/** Platform: everything the service is made of, opened from one configuration and closed in turn. */
import { setMaxListeners } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { Closing } from '#ground/closing'
import { type Config, databaseUrl } from '#ground/config'
import { errorFields, type Log } from '#ground/log'
import { ServiceIndex } from '#index/service/service-index'
import type { BegunSnapshot } from '#index/service/snapshot-open'
import { indexFolder } from '#index/service/snapshots'
import { openWriter } from '#index/service/writer'
import { startWork } from '#jobs/at-hand'
import { readVocabularies } from '#lists/vocabularies'
import { type Decoders, openDecoders } from '#media/decoders'
import { DEFAULT_LIMITS } from '#media/limits'
import { exposurePolicy } from '#people/exposure'
import type { ServerDesk } from '#server/desk'
import { buildServer } from '#server/server'
import { CLIENT_CHANNEL } from '#store/bound-lists'
import { CHANGE_CHANNEL } from '#store/changes'
import { StoredDirectory } from '#store/clients'
import type { Database } from '#store/database'
import { isDemonstration, settleDeployment } from '#store/deployment'
import { dataDirectory } from '#store/embedded/place'
import { RegisterFeed } from '#store/feed'
import { listen } from '#store/listen'
import { holdLock } from '#store/lock'
import { openStore, type Store } from '#store/open'
import { type OpenEvidence, openEvidence } from '#workflow/evidence/desk'
import { FETCH_LIMITS, fetching } from '#workflow/gate/fetch'
import { openRemote } from '#workflow/gate/remote'
import { Views } from '#workflow/gate/view'
import { hmaFetching } from '#workflow/hma/fetch'
import { hmaSourcesFolder } from '#workflow/hma/folder'
import { readClocks } from '#workflow/intake/clocks'
import { anchoring, askingWitnesses } from '#workflow/ledger/anchoring'
import { ledgerDesk, ledgerKey, outsideOf } from '#workflow/ledger/at-hand'
import { startSequencer } from '#workflow/ledger/sequencer'
import type { PeopleDesk } from '#workflow/people/desk'
import { openPeople } from '#workflow/people/open'
import { openDesk } from '#workflow/queue/at-hand'
import { PassedRecorder } from '#workflow/retro/record'
import { forgetRetro, startRetro } from '#workflow/retro/retro'
import { serviceSecret } from '#workflow/retro/secret'

/** The service, ready to listen. */
export interface Platform {
  readonly store: Store
  readonly index: ServiceIndex
  readonly server: FastifyInstance
  readonly people: PeopleDesk
  /** True where everything in it is generated. */
  readonly isDemonstration: boolean
  /** Stops in turn: requests in hand first, the store last. @returns how many requests were cut off */
  close(): Promise<number>
}

/** Where the console is built: the same place from source and from the build. */
const CONSOLE = fileURLToPath(new URL('../console/dist', import.meta.url))
/** Of the one signal by which everything that listens is told to stop. */
const LISTENERS_MAX = 50
/** A net below the announcements: clients are read anew this often. */
const CLIENTS_EVERY_MILLISECONDS = 10_000

/**
 * Opens the service: the store, the index that follows it, the decoders, and the server, which does not listen yet.
 *
 * @param begun the index's snapshot, where its reading was begun before all this was even loaded
 * @throws Fault whatever one of them cannot do
 */
export async function openPlatform(config: Config, log: Log, begun?: BegunSnapshot): Promise<Platform> {
  const closing = new Closing(log)
  if (begun) closing.add('snapshot', () => begun.drop())
  try {
    return await opened(config, log, closing, begun)
  } catch (error) {
    await closing.all()
    throw error
  }
}

async function opened(
  config: Config,
  log: Log,
  closing: Closing,
  begun: BegunSnapshot | undefined,
): Promise<Platform> {
  const data = dataDirectory(config.data)
  const url = await databaseUrl(config)
  const store = await openStore({
    data,
    url,
    keys: config.people?.keys,
    create: true,
    recovered: () => log.warn('the database had ended and was started again'),
    ...(config.databaseConnectionsMax && { connectionsMax: config.databaseConnectionsMax }),
  })
  closing.add('store', () => store.close())
  const demonstration = await deploymentOf(store.database)
  const stop = new AbortController()
  setMaxListeners(LISTENERS_MAX, stop.signal)
  closing.add('listening', async () => stop.abort())
  const around: Around = { data, store, log, stop: stop.signal, closing }
  const index = await openIndex(config, around, begun)
  const clients = await openClients(store, log, stop.signal)
  const decoders = await openChildren(config, closing)
  const people = await openPeople({ database: store.database, data, config: config.people, now })
  const evidence = await openVault(config, around, decoders)
  await openLedger(config, around)
  const [exposure, clocks] = [exposurePolicy(config.exposure), readClocks(data)]
  const isRetro = config.retro?.enabled === true
  const remote = await openRemote(config.matchers ?? {})
  const vocabularies = readVocabularies(config.vocabularies)
  const { screening, ...desk } = await openDesk({
    ...{ store, index, evidence, remote, now, vocabularies, stop: stop.signal, keys: people.keys },
    ...{ set: config.desk ?? {}, draw: decoders.draw, sandbox: config.sandbox },
  })
  const server = buildServer({
    ...{ index, decoders, clients, people, evidence, exposure, remote, log, now },
    ...{ database: store.database, render: decoders.render, renderVideo: decoders.renderVideo },
    demonstration,
    ledgerKey: () => ledgerKey(store.database, data, config.ledger ?? {}),
    ...consoleAt(CONSOLE, log),
    ...desk,
    settings: { ...config.server, trustProxy: config.trustProxy ?? false },
    ...fetchingOf(config, data),
    ...(isRetro && { passed: new PassedRecorder(store.database, now) }),
    ...{ clocks, ...(config.desk && { intake: config.desk }) },
  })
  if (isRetro) await openRetro(config, around, index)
  else await forgetRetro(store.database, now())
  const jobs = startWork(config, { ...around, keys: people.keys, evidence, exposure, clocks, screening })
  closing.add('jobs', () => jobs.stop())
  let cutOff = 0
  closing.add('server', async () => {
    cutOff = await server.stopGently()
  })
  const close = (): Promise<number> => closing.all().then(() => cutOff)
  return { store, index, server, people, isDemonstration: demonstration, close }
}

interface Around {
  readonly data: string
  readonly store: Store
  readonly log: Log
  readonly stop: AbortSignal
  readonly closing: Closing
}

/** The index, told of every change, and its snapshot written by the one process on its folder that holds the lock. */
async function openIndex(config: Config, around: Around, begun?: BegunSnapshot): Promise<ServiceIndex> {
  const { data, store, log, stop, closing } = around
  const told = new Set<() => void>()
  const tell = (): void => {
    for (const one of told) one()
  }
  await listen(store.config, CHANGE_CHANNEL, tell, { stop, again: tell })
  const folder = indexFolder(data)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const note = (level: 'info' | 'warn', words: string): void => log[level](words)
  const writer = await openWriter({ folder, lock: (name) => holdLock(store.config, name), log: note })
  const index = ServiceIndex.open({
    folder,
    feed: new RegisterFeed(store.database),
    ...(begun && { begun }),
    threads: config.index?.threads ?? Math.max(1, availableParallelism() - 1),
    told: (changed) => {
      told.add(changed)
      return () => told.delete(changed)
    },
    mayWrite: writer.mayWrite,
    log: note,
  })
  closing.add('index', async () => {
    await index.close()
    await writer.release()
  })
  return index
}

/** The clients' keys in memory, read anew when one is made or revoked. */
async function openClients(store: Store, log: Log, stop: AbortSignal): Promise<StoredDirectory> {
  const clients = new StoredDirectory(store.database)
  await clients.refresh()
  const refresh = (): void => {
    clients.refresh().catch((error: unknown) => log.warn('the clients could not be read', errorFields(error)))
  }
  await listen(store.config, CLIENT_CHANNEL, refresh, { stop, again: refresh })
  const timer = setInterval(refresh, CLIENTS_EVERY_MILLISECONDS).unref()
  stop.addEventListener('abort', () => clearInterval(timer), { once: true })
  return clients
}

/** The confined children that decode what nobody trusts. */
async function openChildren(config: Config, closing: Closing): Promise<Decoders> {
  const decoders = await openDecoders({
    jobs: config.jobs ?? availableParallelism(),
    sandbox: config.sandbox ?? 'auto',
    limits: { ...DEFAULT_LIMITS, ...config.limits },
  })
  closing.add('decoders', () => decoders.close())
  return decoders
}

/** The vault; where it is kept under a passphrase it is locked until somebody gives that. */
async function openVault(config: Config, around: Around, decoders: Decoders): Promise<OpenEvidence> {
  const { data, store, log, closing } = around
  const evidence = await openEvidence({
    ...{ database: store.database, connection: store.config, data, decoders, now },
    ...(config.vault && { config: config.vault }),
  })
  closing.add('vault', () => evidence.close())
  if (evidence.vault.keyring.isLocked) log.warn('the vault is locked, and waits for its passphrase')
  return evidence
}

/** The ledger: leaves are numbered and checkpoints signed, by the one process that holds the lock for it. */
async function openLedger(config: Config, { data, store, log, closing }: Around): Promise<void> {
  const set = config.ledger ?? {}
  const desk = ledgerDesk(store, data, set, log)
  const outside = await outsideOf(set)
  const sequencer = startSequencer(desk, {
    beside: anchoring(desk, outside),
    first: askingWitnesses(desk, outside),
  })
  closing.add('ledger', () => sequencer.stop())
}

/** Later matching: clients are told of what passed and would match by now. */
async function openRetro(config: Config, around: Around, index: ServiceIndex): Promise<void> {
  const { data, store, log, closing } = around
  const told = startRetro({
    config: store.config,
    database: store.database,
    index,
    views: new Views(index),
    secret: await serviceSecret(data),
    addresses: config.retro?.addresses ?? 'public',
    log,
    now,
  })
  closing.add('later matching', () => told.stop())
}

/** What may be fetched from elsewhere, and the HMA interface. */
function fetchingOf(config: Config, data: string): Pick<ServerDesk, 'fetchItem' | 'hma'> {
  return {
    ...(config.fetch?.enabled && { fetchItem: fetching({ ...FETCH_LIMITS, ...config.fetch }) }),
    hma: {
      ...config.hma,
      exchangesFolder: hmaSourcesFolder(data),
      ...(config.fetch?.enabled && { fetch: hmaFetching({ ...FETCH_LIMITS, ...config.fetch }) }),
    },
  }
}

/** The pages of the desk, where they were built. */
function consoleAt(folder: string, log: Log): { readonly console?: string } {
  if (existsSync(join(folder, 'index.html'))) return { console: folder }
  log.warn('the desk has no pages: they were not built (npm run build)')
  return {}
}

/** Whether this is a demonstration; what nobody has said so of is a place of work from here on. */
async function deploymentOf(database: Database): Promise<boolean> {
  const said = await isDemonstration(database)
  const signed = { actor: 'tutela', at: now() } as const
  return said ?? database.transaction((tx) => settleDeployment(tx, false, signed))
}

function now(): Date {
  return new Date()
}
