/** Look up: the banks whose contents an item matches, by the rules of the gate, given in the way of HMA. */
import { createHash, randomInt } from 'node:crypto'
import { DISTANCE_MAX } from '#matching/verdict'
import { weigh } from '#matching/weigh'
import { isAnyMissing, isBoundTo, POLICY_DEFAULT } from '#terms/client'
import { Fault } from '#terms/fault'
import type { RegisterMatch } from '#terms/gate'
import type { Fingerprint, IndexedRegisterList } from '#terms/lookup'
import type { Caller, HmaDesk } from './desk.ts'
import { HASH_OF, parseSignal, type SignalType } from './signals.ts'

/** A matched content; the distance is a text, `-` where the type of signal has none. */
export interface BankMatch {
  readonly bank_content_id: number
  readonly distance: string
}

/** Matches by the name of their bank. */
export type BankMatches = Readonly<Record<string, readonly BankMatch[]>>

/** How banks take part in a look-up. */
export interface Sampling {
  /** From 0 to below 1: banks with a smaller share sit out. */
  readonly draw: number
  /** Only these banks; absent: all. */
  readonly banks?: ReadonlySet<string>
}

/** Matches of one look-up at most. */
const MATCHES_MAX = 10_000
const DRAWS = 2 ** 32

/** A draw: the same for the same seed, else by chance. */
export function drawOf(seed: string | undefined): number {
  if (seed === undefined) return randomInt(DRAWS) / DRAWS
  return createHash('sha256').update(seed).digest().readUInt32BE() / DRAWS
}

/** What can be looked up of one signal: exactly that hash, unturned. */
export function fingerprintOf(type: SignalType, hash: string): Fingerprint {
  if (type !== 'pdq') return { digests: { [HASH_OF[type]]: hash }, pdq: [] }
  const asked = { frame: 0, region: 'whole', orientation: 'orig', hash: Buffer.from(hash, 'hex') } as const
  return { digests: {}, pdq: [asked] }
}

/** Reads a signal into what can be looked up; why not, when it is none. */
export function signalFingerprint(
  type: SignalType,
  untrusted: unknown,
):
  | { readonly kind: 'asked'; readonly fingerprint: Fingerprint }
  | { readonly kind: 'invalid'; readonly because: string } {
  const signal = parseSignal(type, untrusted)
  return signal.kind === 'invalid' ? signal : { kind: 'asked', fingerprint: fingerprintOf(type, signal.hash) }
}

/**
 * The contents that an item matches by one type of signal, whatever their banks' shares and whether or not they are switched off.
 *
 * @throws Fault `index.not-ready`; `register.refused` where none of a key's lists can be asked
 */
export function rawLookUp(
  desk: HmaDesk,
  caller: Caller,
  type: SignalType,
  fingerprint: Fingerprint,
  banks: ReadonlySet<string> | undefined,
): BankMatch[] {
  const matches = matchesOf(desk, caller, fingerprint, new Set(['disabled']))
  return matches
    .filter((match) => match.basis === HASH_OF[type] && (banks?.has(match.list) ?? true))
    .map(asBankMatch)
}

/**
 * The contents that an item matches, type by type, in the banks that take part.
 *
 * A content counts only while it is switched on, and no match counts of a file that a known-good list or a false-positive entry
 * has by SHA-256.
 *
 * @returns the types that were asked for, and any others by which something matched
 * @throws Fault `index.not-ready`; `register.refused` where none of a key's lists can be asked
 */
export function lookUp(
  desk: HmaDesk,
  caller: Caller,
  fingerprint: Fingerprint,
  { draw, banks }: Sampling,
): ReadonlyMap<SignalType, BankMatches> {
  const ratios = new Map([...desk.index.lists().values()].map((list) => [list.name, list.enabledRatio]))
  const found = new Map<SignalType, Map<string, BankMatch[]>>()
  for (const match of matchesOf(desk, caller, fingerprint, new Set())) {
    if ((ratios.get(match.list) ?? 0) < draw || banks?.has(match.list) === false) continue
    const type = typeOf(match)
    const byBank = found.get(type) ?? new Map<string, BankMatch[]>()
    const had = byBank.get(match.list) ?? []
    // By SHA-1 and by MD5 an entry would stand twice under one type.
    const isAgain = match.basis === 'md5' && had.some((one) => one.bank_content_id === match.entry)
    if (!isAgain) had.push(asBankMatch(match))
    byBank.set(match.list, had)
    found.set(type, byBank)
  }
  return new Map([...found].map(([type, byBank]) => [type, Object.fromEntries(byBank)]))
}

/** The signal type that shows a match. HMA has none for SHA-1: the nearest in meaning is the other weak digest. */
function typeOf({ basis }: RegisterMatch): SignalType {
  switch (basis) {
    case 'pdq':
      return 'pdq'
    case 'md5':
    case 'sha1':
      return 'video_md5'
    case 'sha256':
      return 'video_sha256'
  }
}

function asBankMatch({ entry, distance }: RegisterMatch): BankMatch {
  return { bank_content_id: entry, distance: distance === undefined ? '-' : String(distance) }
}

/** The matches that count, and those set aside for one of the reasons that are let through. */
function matchesOf(
  desk: HmaDesk,
  caller: Caller,
  fingerprint: Fingerprint,
  letThrough: ReadonlySet<string>,
): readonly RegisterMatch[] {
  const lists = gateListsOf(desk, caller)
  // A key that is bound to lists of which none is there would be told of no match for ever.
  if (caller.lists && lists.size === 0) throw refused('none')
  const options = { distanceMax: DISTANCE_MAX, limit: MATCHES_MAX, lists: new Set(lists.keys()) }
  const { hits, more } = desk.index.hits(fingerprint, options)
  const { matches, because } = weigh({
    hits,
    more,
    lists,
    asked: fingerprint.pdq,
    checked: [],
    policy: POLICY_DEFAULT,
    now: desk.now().getTime(),
  })
  if (because !== undefined)
    throw new Fault('server.busy', 'more entries matched than can be listed, and none of those listed counts')
  const counted = matches.filter(
    ({ suppressedBy }) => suppressedBy === undefined || letThrough.has(suppressedBy.kind),
  )
  // Nor is it told so while it cannot be answered from one of them, as when that was removed.
  if (counted.length === 0 && isAnyMissing(caller, [...lists.values()])) throw refused('not every one')
  return counted
}

function refused(howMany: string): Fault {
  return new Fault(
    'register.refused',
    `${howMany} of the lists of this key is there and may be used at the gate`,
  )
}

/** The lists that may be used at the gate and that the caller is answered from. */
function gateListsOf(desk: HmaDesk, caller: Caller): ReadonlyMap<number, IndexedRegisterList> {
  const lists = [...desk.index.lists()].filter(
    ([, list]) => list.uses.includes('gate') && isBoundTo(caller, list),
  )
  return new Map(lists)
}
