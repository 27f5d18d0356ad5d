/** Answer: what Shield says of a file or a PDQ hash, parsed strictly: what is not understood is no answer. */
import { Fault } from '#terms/fault'
import { membersOf, wordOf } from '../status.ts'

/** What is said of one file or hash. */
export type ShieldSaid =
  | { readonly kind: 'none' }
  | { readonly kind: 'match'; readonly category: string; readonly near: boolean }

const NO_MATCH = 'no-known-match'
/** The worse first; what is not known stands after them. */
const WORST = ['csam', 'harmful-abusive-material']

/**
 * Parses a ScannedMedia. Its classification is an open set: whatever is neither null nor `no-known-match` is a match.
 *
 * @param sha256 of what was sent, in lower-case hex: an answer about other content is none
 * @throws Fault `remote.failed`
 */
export function parseMedia(untrusted: unknown, sha256: string): ShieldSaid {
  const members = membersOf(untrusted)
  const said = typeof members?.['sha256_hex'] === 'string' ? members['sha256_hex'].toLowerCase() : undefined
  if (said !== sha256) throw wrong('its answer is about other content')
  return parseSaid(members)
}

/**
 * Parses a ScannedPDQHashes.
 *
 * @param asked the hashes asked for, in base64: each has its answer
 * @throws Fault `remote.failed`
 */
export function parsePdq(untrusted: unknown, asked: readonly string[]): Map<string, ShieldSaid> {
  const scanned = membersOf(membersOf(untrusted)?.['scanned_hashes'])
  if (!scanned) throw wrong('its answer has no scanned_hashes')
  return new Map(
    asked.map((hash) => {
      if (!Object.hasOwn(scanned, hash)) throw wrong('its answer leaves out a hash')
      // The documentation says null for no match, the code an object: both are meant.
      return [hash, scanned[hash] === null ? { kind: 'none' } : parseSaid(membersOf(scanned[hash]))]
    }),
  )
}

/** The worst of several: one hash that matches is enough. */
export function worst(all: readonly ShieldSaid[]): ShieldSaid {
  const rank = (said: ShieldSaid): number => {
    if (said.kind === 'none') return WORST.length + 1
    const at = WORST.indexOf(said.category)
    return at < 0 ? WORST.length : at
  }
  return all.reduce((a, b) => (rank(b) < rank(a) ? b : a), { kind: 'none' })
}

function parseSaid(members: Readonly<Record<string, unknown>> | undefined): ShieldSaid {
  if (!members || !('classification' in members)) throw wrong('its answer has no classification')
  const { classification, match_type: type } = members as { classification: unknown; match_type?: unknown }
  if (classification === null || classification === NO_MATCH) return { kind: 'none' }
  const category = wordOf(classification)
  if (category === undefined) throw wrong('its answer has a classification that is no word')
  return { kind: 'match', category, near: type !== 'exact' }
}

function wrong(because: string): Fault {
  return new Fault('remote.failed', because)
}
