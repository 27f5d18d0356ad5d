/** Brought: what a report may say, held to its limits before anything is written. */
import type { CaseKind, ItemHashes } from '#terms/casework'
import type { Actor } from '#terms/event'
import { Fault } from '#terms/fault'
import type { ReportChannel, ReporterTrust, ReportKind, ReportWords } from '#terms/report'

/** A report as it is brought. It has an address, words, hashes or a file. */
export interface ReportBrought extends ReportWords {
  readonly kind: ReportKind
  /** The sender's own name for it: sent twice it is one report. */
  readonly id?: string
  /** What kind of case it opens; by its channel unless given. */
  readonly caseKind?: CaseKind
  /** A child is at risk now. */
  readonly atRisk?: boolean
  readonly hashes?: readonly ItemHashes[]
  /** Its bytes, which go into the vault as they arrive. */
  readonly file?: AsyncIterable<Uint8Array>
}

/** Who brings a report, and how it came. */
export interface Bearer {
  readonly channel: ReportChannel
  /** `tutela` for the public, whose reports are nobody's. */
  readonly actor: Actor
  /** `usual` unless given. */
  readonly trust?: ReporterTrust
}

const LIMITS = { address: 4000, words: 10_000, contact: 500, id: 200 } as const
const HASHES_MAX = 100
const PDQ_MAX = 8
const ABOUT = { members: 100, name: 100, value: 2000 } as const
const DIGITS = { md5: 32, sha1: 40, sha256: 64 } as const
const PDQ_DIGITS = 64

/** Which kind of case a channel's reports open unless they say so. */
const KINDS: Readonly<Record<ReportChannel, CaseKind>> = {
  public: 'hotline',
  platform: 'platform',
  gate: 'platform',
  scan: 'device',
  partner: 'hotline',
  police: 'referral',
  analyst: 'hotline',
}
const WITHOUT_BYTES: ReadonlySet<CaseKind> = new Set(['young-people', 'workplace'])
const TOGETHER: readonly CaseKind[] = ['hotline', 'platform', 'device', 'referral']

/** What kind of case a report opens. */
export function caseKindOf({ caseKind }: Pick<ReportBrought, 'caseKind'>, channel: ReportChannel): CaseKind {
  return caseKind ?? KINDS[channel]
}

/** The kinds of cases that a report of one kind may join: a young person's, or one at work, is nobody else's. */
export function joinsKinds(kind: CaseKind): readonly CaseKind[] {
  return WITHOUT_BYTES.has(kind) ? [kind] : TOGETHER
}

/** @throws Fault `evidence.refused` for a kind of case that takes no file: say so before a byte of it is read */
export function refuseBytes(kind: CaseKind): void {
  if (!WITHOUT_BYTES.has(kind)) return
  throw new Fault(
    'evidence.refused',
    `a case of the kind ${kind} takes no file: give the address and say what is there. Do not open, save, photograph, ` +
      'forward or send the picture',
  )
}

/**
 * Holds what is brought to its limits.
 *
 * @returns its hashes in lower case
 * @throws Fault `request.invalid`; `evidence.refused` for a file where its kind of case takes none
 */
export function checkedHashes(brought: ReportBrought, kind: CaseKind): ItemHashes[] {
  for (const [name, most] of Object.entries(LIMITS)) {
    const text = brought[name as keyof typeof LIMITS]
    if (text !== undefined && (text.trim() === '' || text.length > most))
      throw invalid(`${name} has 1 to ${most} characters`)
  }
  if (brought.id !== undefined && /[\0\p{Surrogate}]/u.test(brought.id))
    throw invalid('id is text: it is found again by it') // half a sign would be kept as another, and two reports be taken for one
  checkAbout(brought.about ?? {})
  if (brought.file) refuseBytes(kind)
  const { hashes = [], address, words, file } = brought
  if (hashes.length > HASHES_MAX) throw invalid(`a report has at most ${HASHES_MAX} sets of hashes`)
  if (address === undefined && words === undefined && hashes.length === 0 && !file)
    throw invalid('a report has an address, words, hashes or a file')
  return hashes.map(checkedSet)
}

function checkAbout(about: NonNullable<ReportWords['about']>): void {
  const members = Object.entries(about)
  const isWithin = members.every(
    ([name, value]) => name.length <= ABOUT.name && typeof value === 'string' && value.length <= ABOUT.value,
  )
  if (!isWithin || members.length > ABOUT.members)
    throw invalid(`about has at most ${ABOUT.members} members of ${ABOUT.name} and ${ABOUT.value} characters`)
}

function checkedSet({ pdq = [], ...digests }: ItemHashes): ItemHashes {
  const checked: Record<string, string> = {}
  for (const [kind, count] of Object.entries(DIGITS)) {
    const digest = digests[kind as keyof typeof DIGITS]
    if (digest !== undefined) checked[kind] = hexOf(digest, count, kind)
  }
  if (Object.keys(checked).length === 0 && pdq.length === 0) throw invalid('a set of hashes has no hash')
  if (pdq.length > PDQ_MAX) throw invalid(`an item has at most ${PDQ_MAX} PDQ hashes`)
  const perceptual = pdq.map(({ hash, quality }) => {
    if (!Number.isInteger(quality) || quality < 0 || quality > 100)
      throw invalid('a PDQ hash has a quality from 0 to 100')
    return { hash: hexOf(hash, PDQ_DIGITS, 'pdq'), quality }
  })
  return { ...checked, ...(perceptual.length > 0 && { pdq: perceptual }) }
}

function hexOf(untrusted: string, digits: number, kind: string): string {
  if (untrusted.length === digits && /^[0-9a-f]+$/i.test(untrusted)) return untrusted.toLowerCase()
  throw invalid(`${kind} has ${digits} hexadecimal digits`)
}

function invalid(because: string): Fault {
  return new Fault('request.invalid', because)
}
