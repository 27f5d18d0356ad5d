/** Exchanges: subscriptions of HMA clients to partners: each a source with a file of its own, and the bank that it fills. */
import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeWholeFile } from '#ground/whole-file'
import { parseSource } from '#lists/exchanges/source'
import type { Signed } from '#store/append'
import type { Transaction } from '#store/database'
import { forgetContents } from '#store/hma'
import { allLists, createList, removeList } from '#store/lists'
import { allSources, disableSource, enableSource, type SourceState } from '#store/sources'
import { Fault } from '#terms/fault'
import type { RegisteredList } from '#terms/register'
import type { SourceDefinition } from '#terms/source'
import { isMoved } from '../pull/place.ts'
import { checkAllowed, checkOwn, lockedBank } from './banks.ts'
import { addressOverride, credentialFile, hasCredentials, setCredentials } from './credentials.ts'
import { type Caller, type HmaDesk, isBankFor, untilSearched } from './desk.ts'
import { EXCHANGE_APIS, type ExchangeApi, whyWrong } from './exchange-apis.ts'

/** A source that fills a bank. */
export interface Exchange {
  /** The name of its bank. */
  readonly name: string
  /** Under HMA's name; that of the partner where HMA has none. */
  readonly api: string
  readonly config: Readonly<Record<string, unknown>>
  readonly list: RegisteredList
  readonly state: SourceState
  /** True where an HMA client made it: only these are changed by HMA clients. */
  readonly isOwn: boolean
}

/** What an HMA client gives to subscribe to a partner. */
export interface Subscription {
  readonly name: string
  readonly api: string
  readonly config: Readonly<Record<string, unknown>>
}

const NAME = /^[A-Z0-9][A-Z0-9_]{0,199}$/
const ASSERTIONS = { shrinkMax: 0.1, growMax: 1, staleAfterDays: 3 }

/** Every exchange whose bank the caller may see, by the name of its bank. */
export async function exchangesOf(desk: HmaDesk, caller: Caller): Promise<Exchange[]> {
  const lists = new Map((await allLists(desk.database)).map((list) => [list.id, list]))
  const sources = await allSources(desk.database)
  const exchanges = sources.flatMap((state) => {
    const list = state.list === undefined ? undefined : lists.get(state.list)
    return list && isBankFor(caller, list) ? [exchangeOf(desk, state, list)] : []
  })
  return exchanges.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** The exchange of a bank. */
export async function exchangeNamed(
  desk: HmaDesk,
  caller: Caller,
  name: string,
): Promise<Exchange | undefined> {
  return (await exchangesOf(desk, caller)).find((exchange) => exchange.name === name)
}

/**
 * Subscribes to a partner: makes the bank and switches its source on. The first pull is due at once; without credentials it
 * fails, says so, and is tried again.
 *
 * @throws Fault `request.invalid`, `register.exists`, `request.forbidden`
 */
export async function subscribe(desk: HmaDesk, caller: Caller, given: Subscription): Promise<void> {
  const api = EXCHANGE_APIS.get(given.api)
  if (!api) throw new Fault('request.invalid', 'No such exchange type')
  if (!NAME.test(given.name)) throw new Fault('request.invalid', 'Field `bank` must match /^[A-Z0-9_]+$/')
  const why = whyWrong(api.config, given.config)
  if (why !== undefined) throw new Fault('request.invalid', `api_json: ${why}`)
  checkAllowed(caller, given.name)
  const folder = folderOf(desk)
  const source = await sourceOf(folder, given.name, given.api, given.config)
  const signed = { actor: caller.actor, at: desk.now() }
  await desk.database.transaction(async (tx) => {
    const { kind, publisher, terms, uses, trust } = source
    const list = await createList(tx, given.name, { kind, publisher, terms, uses, trust }, signed)
    await switchOn(tx, source, list.id, false, signed)
    await writeSource(folder, source) // last: what cannot be written is not switched on either
  })
}

/** Switches the source of an exchange on or off. @throws Fault `request.forbidden` for one that no HMA client made */
export async function setEnabled(
  desk: HmaDesk,
  caller: Caller,
  exchange: Exchange,
  isEnabled: boolean,
): Promise<void> {
  if (exchange.state.isEnabled === isEnabled) return
  checkExchange(exchange)
  const signed = { actor: caller.actor, at: desk.now() }
  await desk.database.transaction(async (tx) => {
    const { state, list } = exchange
    if (isEnabled) await switchOn(tx, state.definition as SourceDefinition, list.id, false, signed)
    else await disableSource(tx, state.name, 'switched off by an HMA client', signed)
  })
}

/** Removes a bank, what its clients said of its contents, and the exchange that fills it. One that is not there is no matter. */
export async function removeBank(desk: HmaDesk, caller: Caller, name: string): Promise<void> {
  const exchange = await exchangeNamed(desk, caller, name)
  if (exchange) checkExchange(exchange)
  const signed = { actor: caller.actor, at: desk.now() }
  await desk.database.transaction(async (tx) => {
    const list = await lockedBank(tx, caller, name)
    if (!list) return
    if (exchange) await disableSource(tx, exchange.state.name, 'removed by an HMA client', signed)
    else await checkOwn(tx, list)
    await forgetContents(tx, list.id)
    await removeList(tx, list, 'removed by an HMA client', signed)
  })
  if (exchange) await rm(sourceFile(folderOf(desk), exchange.state.name), { force: true })
  await untilSearched(desk)
}

/** True where a partner can be asked with the credentials that are kept. */
export async function isKnownToPartner(desk: HmaDesk, api: string): Promise<boolean> {
  return desk.exchangesFolder !== undefined && hasCredentials(desk.exchangesFolder, api)
}

/** Keeps a partner's credentials, and has every exchange of HMA clients with it pulled anew with them. */
export async function keepCredentials(
  desk: HmaDesk,
  caller: Caller,
  api: string,
  untrusted: Readonly<Record<string, unknown>>,
): Promise<void> {
  const folder = folderOf(desk)
  await setCredentials(folder, api, untrusted)
  const signed = { actor: caller.actor, at: desk.now() }
  const lists = new Map((await allLists(desk.database)).map((list) => [list.id, list]))
  for (const state of await allSources(desk.database)) {
    const list = state.list === undefined ? undefined : lists.get(state.list)
    const exchange = list && exchangeOf(desk, state, list)
    if (!exchange?.isOwn || exchange.api !== api) continue
    const source = await sourceOf(folder, exchange.name, api, exchange.config)
    const isElsewhere = isMoved(source, state)
    await writeSource(folder, source)
    if (state.isEnabled)
      await desk.database.transaction((tx) => switchOn(tx, source, exchange.list.id, isElsewhere, signed))
  }
}

function switchOn(
  tx: Transaction,
  source: SourceDefinition,
  list: number,
  isElsewhere: boolean,
  signed: Signed,
): Promise<void> {
  const { secrets: _, secretsFolder: __, ...definition } = source
  return enableSource(tx, source.name, { list, definition, isElsewhere, nextAt: signed.at }, signed)
}

function exchangeOf(desk: HmaDesk, state: SourceState, list: RegisteredList): Exchange {
  const source = state.definition as SourceDefinition | undefined
  const known = [...EXCHANGE_APIS].find(([, { partner }]) => partner === source?.api.kind)
  const [name, api] = known ?? []
  return {
    name: list.name,
    api: name ?? 'none',
    config: source && api ? configOf(source, api) : {},
    list,
    state,
    isOwn: source?.file !== undefined && dirname(source.file) === desk.exchangesFolder,
  }
}

/** What an HMA client would have given for a source. */
function configOf({ api }: SourceDefinition, { options, config, baseFrom }: ExchangeApi) {
  const given = Object.entries(options).flatMap(([name, option]) => {
    const value = api.options[option]
    return value === undefined ? [] : [[name, asNumbers(value)]]
  })
  const hasAddress = config.some(({ name }) => name === baseFrom)
  return { ...Object.fromEntries(given), ...(hasAddress && baseFrom && { [baseFrom]: api.base }) }
}

/** Numbers that fit in one; longer ones stay texts. */
function asNumbers(value: string | number | readonly string[]): unknown {
  if (typeof value === 'object') return value.map((one) => asNumbers(one))
  return Number.isSafeInteger(Number(value)) ? Number(value) : value
}

/** The source that a subscription becomes, read back as any source is. @throws Fault `source.invalid` */
async function sourceOf(
  folder: string,
  name: string,
  apiName: string,
  config: Readonly<Record<string, unknown>>,
): Promise<SourceDefinition> {
  const api = EXCHANGE_APIS.get(apiName)
  if (!api) throw new TypeError(`${apiName} is no api`)
  const override = await addressOverride(folder, apiName, api)
  const configured = api.baseFrom === undefined ? undefined : config[api.baseFrom]
  const options = Object.entries(api.options).flatMap(([field, option]) => {
    const value = config[field]
    return value === undefined || value === null ? [] : [[option, asTexts(value)]]
  })
  const secrets = Object.entries(api.secrets).map(([credential, secret]) => [
    secret,
    credentialFile(folder, apiName, credential),
  ])
  const stated = {
    name,
    title: `${api.publisher}, for the bank ${name}`,
    publisher: api.publisher,
    terms: `As agreed with ${api.publisher}. Made by an HMA client.`,
    uses: ['gate', 'scan'],
    list: name,
    kind: 'alert',
    trust: 'reported',
    api: {
      kind: api.partner,
      base: override ?? configured ?? api.base,
      options: Object.fromEntries(options),
    },
    secrets: Object.fromEntries(secrets),
    schedule: api.schedule,
    assertions: ASSERTIONS,
  }
  return parseSource(stated, sourceFile(folder, name), folder)
}

function asTexts(value: unknown): unknown {
  return Array.isArray(value) ? value.map(String) : String(value)
}

async function writeSource(folder: string, source: SourceDefinition): Promise<void> {
  const { stringify } = await import('yaml')
  const { file: _, secretsFolder: __, limits: ___, ...stated } = source
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeWholeFile(source.file, { overwrite: true, mode: 0o600 }, (sink) =>
    sink.write(Buffer.from(stringify(stated))),
  )
}

function sourceFile(folder: string, name: string): string {
  return join(folder, `${name}.yaml`)
}

function folderOf({ exchangesFolder }: HmaDesk): string {
  if (exchangesFolder === undefined)
    throw new Fault('request.forbidden', 'exchanges are not kept here: there is no folder for them')
  return exchangesFolder
}

function checkExchange({ name, isOwn }: Exchange): void {
  if (!isOwn)
    throw new Fault(
      'request.forbidden',
      `exchange '${name}' is kept with "tutela source", not by HMA clients`,
    )
}
