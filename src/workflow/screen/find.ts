/**
 * Find: what items of cases are found to be: by their digests first, and by what is derived of their bytes only where that
 * is needed.
 */
import { type Found, foundOf } from '#cases/triage'
import { QUALITY_MIN } from '#matching/verdict'
import type { ItemToScreen } from '#store/screenings'
import type { ItemHashes } from '#terms/casework'
import { type Client, POLICY_DEFAULT } from '#terms/client'
import type { Derived } from '#terms/evidence'
import { Fault } from '#terms/fault'
import type { GateVerdict } from '#terms/gate'
import { ORIENTATIONS } from '#terms/hash'
import type { Fingerprint, PdqAsked } from '#terms/lookup'
import { type Deriving, deriveEach } from '../evidence/derive.ts'
import type { ParsedItem } from '../gate/item.ts'
import { matchParsed } from '../gate/match.ts'
import { askRemote, remoteItemOfHashes } from '../gate/remote.ts'
import { inTurn } from '../in-turn.ts'
import type { ScreenDesk } from './desk.ts'

/** What was found of an item, and the hashes that are known of it by now. */
export interface ItemFound {
  readonly found: Found
  readonly hashes: ItemHashes
}

/** The desk asks as a client would that may see everything that the lists' terms permit at the gate. */
const DESK_CLIENT: Client = { id: 0, name: 'desk', scopes: ['match', 'detail'], policy: POLICY_DEFAULT }
const ASKED_AT_ONCE = 8
const PDQ_KEPT_MAX = 8

/** Why nothing was derived of an item's bytes. */
type NotDerived = 'vault-locked' | 'no-vault' | 'destroyed' | 'damaged'

/** What of an item is known now: of its bytes where those are here, else as its report gave it. */
interface Known {
  readonly hashes: ItemHashes
  readonly derived?: Derived
  readonly because?: NotDerived
}

/**
 * Looks items up. The same file as a relied-on entry is found by its digests, and its bytes are left alone; of every other item
 * whose bytes are here hashes are derived first.
 *
 * @throws Fault `index.not-ready`; `decoder.unavailable` where the service ends; `store.unreachable`
 */
export async function findItems(
  desk: ScreenDesk,
  items: readonly ItemToScreen[],
  stop: AbortSignal,
): Promise<ItemFound[]> {
  const byDigests = await lookedUp(desk, items.map(knownOf), stop, { remote: false })
  const found: ItemFound[] = [...byDigests]
  const left = items.flatMap((item, at) => (byDigests[at]?.found.outcome === 'same' ? [] : [{ item, at }]))
  const known = await derivedOf(
    desk,
    left.map(({ item }) => item),
    stop,
  )
  const again = await lookedUp(desk, known, stop, { remote: true })
  for (const [place, { at }] of left.entries()) {
    const one = again[place]
    if (one) found[at] = one
  }
  return found
}

/**
 * What items are found to be by what is known of them already; no bytes are read, nobody outside is asked.
 *
 * @throws Fault `index.not-ready`
 */
export function findKnown(
  desk: ScreenDesk,
  items: readonly ItemToScreen[],
  stop: AbortSignal,
): Promise<ItemFound[]> {
  return lookedUp(desk, items.map(knownOf), stop, { remote: false })
}

function knownOf({ hashes, bytes }: ItemToScreen): Known {
  return { hashes, ...(bytes?.derived && { derived: bytes.derived }) }
}

/** What is known of items once what can be derived of their bytes is derived. */
async function derivedOf(
  desk: ScreenDesk,
  items: readonly ItemToScreen[],
  stop: AbortSignal,
): Promise<Known[]> {
  const underived = items.flatMap(({ bytes }) =>
    bytes && !bytes.derived && whyNotDerived(desk, bytes) === undefined ? [bytes.id] : [],
  )
  const asked = { job: 'screening', purpose: 'screen' } as const
  const { evidence } = desk
  const derived = evidence ? await deriveEach(evidence, underived, asked, stop) : undefined
  return items.map((item) => {
    const { hashes, bytes } = item
    const one = bytes && derived?.get(bytes.id)
    if (one) return { hashes, ...madeOf(one) }
    const because = bytes && !bytes.derived ? whyNotDerived(desk, bytes) : undefined
    return { ...knownOf(item), ...(because && { because }) }
  })
}

/** @throws whatever says nothing of the item: then it is looked at again */
function madeOf(one: Deriving): Pick<Known, 'derived' | 'because'> {
  if (one.kind === 'derived') return one.derived ? { derived: one.derived } : {}
  const { because: error } = one
  const why = error instanceof Fault ? NOT_DERIVED[error.code] : undefined
  if (why === undefined) throw error
  return { because: why }
}

const NOT_DERIVED: Readonly<Record<string, NotDerived>> = {
  'vault.locked': 'vault-locked',
  'vault.damaged': 'damaged',
  'vault.key-lost': 'damaged',
  'evidence.refused': 'destroyed',
}

function whyNotDerived(
  { evidence }: ScreenDesk,
  { state, isDamaged }: NonNullable<ItemToScreen['bytes']>,
): NotDerived | undefined {
  if (state === 'destroyed') return 'destroyed'
  if (isDamaged) return 'damaged'
  if (!evidence) return 'no-vault'
  return evidence.vault.keyring.isLocked ? 'vault-locked' : undefined
}

async function lookedUp(
  desk: ScreenDesk,
  known: readonly Known[],
  stop: AbortSignal,
  { remote }: { readonly remote: boolean },
): Promise<ItemFound[]> {
  const parsed = known.map(parsedOf)
  const said = remote && desk.remote ? await saidOutside(desk, parsed, stop) : undefined
  const verdicts = await matchParsed(desk, DESK_CLIENT, parsed, said)
  return known.map((one, at) => {
    const verdict = verdicts[at]
    if (!verdict) throw new Error(`${verdicts.length} of ${known.length} items were answered`)
    return { found: foundOf(asKnown(verdict, one)), hashes: hashesOf(one) }
  })
}

function saidOutside({ remote }: ScreenDesk, parsed: readonly ParsedItem[], stop: AbortSignal) {
  return inTurn(parsed, ASKED_AT_ONCE, ({ fingerprint }) =>
    askRemote(remote, fingerprint.pdq.length === 0 ? undefined : remoteItemOfHashes(fingerprint), stop),
  )
}

/** What could not be checked of the bytes says more than what was not given of the hashes. */
function asKnown(verdict: GateVerdict, { derived, because, hashes }: Known): GateVerdict {
  if (verdict.verdict === 'match') return verdict
  const why = because ?? (Object.keys(hashes).length === 0 && !derived ? 'nothing-to-look-up' : undefined)
  if (why !== undefined) return unknownBecause(verdict, why)
  if (derived?.because !== undefined) return unknownBecause(verdict, derived.because)
  const { because: _, ...rest } = verdict
  // What can hold no picture has no PDQ: nothing of it was left out.
  if (derived?.kind === 'other' && verdict.because === 'not-given') return { ...rest, verdict: 'none' }
  return verdict
}

function unknownBecause(verdict: GateVerdict, because: string): GateVerdict {
  return { ...verdict, verdict: 'unknown', because: because as NonNullable<GateVerdict['because']> }
}

function parsedOf({ hashes, derived }: Known): ParsedItem {
  const { md5, sha1, sha256 } = hashes
  const digests: Fingerprint['digests'] = {
    ...(md5 !== undefined && { md5: md5.toLowerCase() }),
    ...(sha1 !== undefined && { sha1: sha1.toLowerCase() }),
    ...(sha256 !== undefined && { sha256: sha256.toLowerCase() }),
  }
  const pdq = derived ? pdqOfDerived(derived) : pdqOfHashes(hashes)
  const isGiven = derived ? derived.frames.length > 0 : (hashes.pdq ?? []).length > 0
  return { fingerprint: { digests, pdq }, pdq: pdq.length > 0 ? 'searchable' : isGiven ? 'plain' : 'none' }
}

function pdqOfDerived({ frames }: Derived): PdqAsked[] {
  return frames
    .filter(({ quality }) => quality >= QUALITY_MIN)
    .flatMap(({ frame, region, pdq }) =>
      pdq.flatMap((hash, at): PdqAsked[] => {
        const orientation = ORIENTATIONS[at]
        if (orientation === undefined || (region !== 'whole' && region !== 'unbordered')) return []
        return [{ frame, region, orientation, hash: Buffer.from(hash, 'hex') }]
      }),
    )
}

function pdqOfHashes({ pdq = [] }: ItemHashes): PdqAsked[] {
  return pdq
    .filter(({ quality }) => quality >= QUALITY_MIN)
    .map(({ hash }, frame) => ({
      ...{ frame, region: 'whole' as const, orientation: 'orig' as const },
      hash: Buffer.from(hash, 'hex'),
    }))
}

/** With the hashes of the whole frames, as they stand: what entries and stacks are made from. */
function hashesOf({ hashes, derived }: Known): ItemHashes {
  if (!derived) return hashes
  const pdq = derived.frames
    .filter(({ region }) => region === 'whole')
    .flatMap(({ pdq: [hash], quality }) => (hash === undefined ? [] : [{ hash, quality }]))
  return pdq.length === 0 ? hashes : { ...hashes, pdq: pdq.slice(0, PDQ_KEPT_MAX) }
}
