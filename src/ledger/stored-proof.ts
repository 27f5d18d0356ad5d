/** Stored proof: one file that shows that a leaf is in a signed tree, with nothing else at hand. C2SP tlog-proof. */
import { type OpenedCheckpoint, openCheckpoint } from './checkpoint.ts'
import type { VerifierKey } from './key.ts'
import { HASH_BYTES, hashOfLeaf, isSame } from './leaf.ts'
import { rootFromInclusion } from './proof.ts'

const HEAD = 'c2sp.org/tlog-proof@v1\n'
const CHARACTERS_MAX = 128 * 1024
const HASHES_MAX = 63

/** What a stored proof says; nothing of it is known to be true yet. */
export interface StoredProof {
  readonly index: number
  readonly hashes: readonly Uint8Array[]
  /** The entry that the leaf was made of; no part of what is proved. */
  readonly extra?: Uint8Array
  readonly checkpoint: string
}

/** The text of a `.tlog-proof` file. */
export function storedProof({ index, hashes, extra, checkpoint }: StoredProof): string {
  const lines = hashes.map((hash) => `${base64(hash)}\n`).join('')
  return `${HEAD}${extra ? `extra ${base64(extra)}\n` : ''}index ${index}\n${lines}\n${checkpoint}`
}

/** Reads a stored proof. @returns undefined for what is none */
export function parseStoredProof(untrusted: string): StoredProof | undefined {
  const border = untrusted.indexOf('\n\n')
  const isOne = untrusted.startsWith(HEAD) && untrusted.length <= CHARACTERS_MAX && border > 0
  if (!isOne) return undefined
  const lines = untrusted.slice(HEAD.length, border).split('\n')
  const extra = lines[0]?.startsWith('extra ') ? bytesOf(lines.shift()?.slice('extra '.length)) : undefined
  const [, index] = /^index (0|[1-9][0-9]{0,15})$/.exec(lines.shift() ?? '') ?? []
  const hashes = lines.flatMap((line) => bytesOf(line) ?? [])
  const isWhole = hashes.length === lines.length && hashes.every(({ length }) => length === HASH_BYTES)
  if (index === undefined || !isWhole || hashes.length > HASHES_MAX) return undefined
  return { index: Number(index), hashes, checkpoint: untrusted.slice(border + 2), ...(extra && { extra }) }
}

/** Whether a stored proof shows that an entry is in the log of a key. */
export function checkStoredProof(
  { index, hashes, checkpoint }: StoredProof,
  entry: Uint8Array,
  log: VerifierKey,
  witnesses: readonly VerifierKey[] = [],
): OpenedCheckpoint {
  const opened = openCheckpoint(checkpoint, log, witnesses)
  if (opened.kind === 'refused') return opened
  const { size, root } = opened.checkpoint
  const given = rootFromInclusion(hashOfLeaf(entry), index, size, hashes)
  return given && isSame(given, root)
    ? opened
    : { kind: 'refused', because: 'the leaf is not at this place of the tree' }
}

function bytesOf(untrusted: string | undefined): Uint8Array | undefined {
  if (untrusted === undefined) return undefined
  const bytes = Buffer.from(untrusted, 'base64')
  return bytes.toString('base64') === untrusted ? bytes : undefined
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
