/** Witness: somebody else's service that signs checkpoints it has seen grow, and never two that do not fit. C2SP tlog-witness. */
import type { Ask } from '#ground/wire/ask'
import { openCheckpoint } from '#ledger/checkpoint'
import type { VerifierKey } from '#ledger/key'
import { Fault } from '#terms/fault'

/** A witness as it is configured. */
export interface Witness {
  /** Its submission prefix. */
  readonly url: string
  /** The key of its cosignatures. */
  readonly key: VerifierKey
  readonly addresses: 'public' | 'any'
}

/** A checkpoint to be cosigned. */
export interface Submission {
  readonly log: VerifierKey
  readonly note: string
  readonly size: number
  /** The size that the witness saw last, as far as it is known here; 0 for none. */
  readonly seenSize: number
  /** The hashes that show that the tree has grown of an earlier one. */
  proofFrom(size: number): Promise<readonly Uint8Array[]>
}

const ANSWER_BYTES_MAX = 64 * 1024
const SECONDS_MAX = 20
const SIZE_TYPE = 'text/x.tlog.size'

/**
 * Has a checkpoint cosigned.
 *
 * @returns the note with the witness's cosignature
 * @throws Fault `wire.unreachable` and the like where it does not answer; `ledger.damaged` where it has seen a larger or
 *   another tree, or answers with something that is not its signature
 */
export async function cosignedBy(ask: Ask, witness: Witness, given: Submission): Promise<string> {
  const first = await submit(ask, witness, given, given.seenSize)
  const last = first.kind === 'other-size' ? await retried(ask, witness, given, first.size) : first
  switch (last.kind) {
    case 'signed':
      return last.note
    case 'other-size':
      throw new Fault('ledger.damaged', `the witness ${witness.key.name} says another size at each try`)
    case 'refused':
      throw new Fault('ledger.damaged', `the witness ${witness.key.name} ${last.because}`)
  }
}

/**
 * Asks a witness whether it has seen what is not here, before anything new is signed.
 *
 * @param given the last checkpoint that there is
 * @returns in words what it has seen; undefined where that is the same or less, or it does not know the log
 * @throws Fault `wire.unreachable` and the like where it does not answer
 */
export async function seenElsewhere(
  ask: Ask,
  witness: Witness,
  given: Submission,
): Promise<string | undefined> {
  const answered = await submit(ask, witness, given, given.size)
  switch (answered.kind) {
    case 'signed':
      return undefined
    case 'other-size':
      return answered.size > given.size ? `has seen ${answered.size} leaves` : undefined
    case 'refused':
      return OTHER_TREE.has(answered.because) ? answered.because : undefined
  }
}

type Answered =
  | { readonly kind: 'signed'; readonly note: string }
  | { readonly kind: 'other-size'; readonly size: number }
  | { readonly kind: 'refused'; readonly because: string }

/** What it saw last is known better by itself: it is asked once more, from there. */
async function retried(ask: Ask, witness: Witness, given: Submission, seen: number): Promise<Answered> {
  if (seen > given.size)
    return {
      kind: 'refused',
      because: `has seen ${seen} leaves, and there are ${given.size}: a tail is missing here`,
    }
  return submit(ask, witness, given, seen)
}

async function submit(ask: Ask, witness: Witness, given: Submission, seen: number): Promise<Answered> {
  const hashes = seen === 0 ? [] : await given.proofFrom(seen)
  const lines = hashes.map((hash) => `${Buffer.from(hash).toString('base64')}\n`).join('')
  const answer = await ask({
    url: `${witness.url.replace(/\/$/, '')}/add-checkpoint`,
    method: 'POST',
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: `old ${seen}\n${lines}\n${given.note}`,
    bytesMax: ANSWER_BYTES_MAX,
    secondsMax: SECONDS_MAX,
    addresses: witness.addresses,
    ports: 'any',
  })
  const untrusted = await answer.text()
  if (answer.status === 200) return signedNote(witness, given, untrusted)
  const isSize = answer.status === 409 && answer.headers['content-type']?.startsWith(SIZE_TYPE) === true
  const size = isSize && /^(0|[1-9][0-9]{0,15})\n$/.test(untrusted) ? Number(untrusted) : undefined
  if (size !== undefined) return { kind: 'other-size', size }
  if (answer.status >= 500)
    throw new Fault('wire.unreachable', `the witness ${witness.key.name} answers ${answer.status}`)
  return { kind: 'refused', because: REFUSALS[answer.status] ?? `answers ${answer.status}` }
}

const REFUSALS: Readonly<Record<number, string>> = {
  400: 'does not take the request',
  403: 'does not know the key of this log',
  404: 'does not know this log',
  409: 'says that it saw another tree',
  422: 'says that the tree has not grown of the one that it saw',
}

/** Of these those that speak of another tree than the one here. */
const OTHER_TREE: ReadonlySet<string | undefined> = new Set([REFUSALS[409], REFUSALS[422]])

function signedNote({ key }: Witness, { log, note }: Submission, untrusted: string): Answered {
  const cosigned = note + untrusted
  const opened = openCheckpoint(cosigned, log, [key])
  const isBy = opened.kind === 'signed' && opened.by.some((one) => one.key.id === key.id)
  return isBy
    ? { kind: 'signed', note: cosigned }
    : { kind: 'refused', because: 'answers without its signature' }
}
