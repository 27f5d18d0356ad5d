/** Checkpoint: the text that says of a log how large it is and what its root is. C2SP tlog-checkpoint. */
import type { VerifierKey } from './key.ts'
import { HASH_BYTES } from './leaf.ts'
import { type CheckedSignature, openNote } from './note.ts'

/** What a checkpoint says. */
export interface Checkpoint {
  readonly origin: string
  readonly size: number
  readonly root: Uint8Array
}

/** What becomes of a signed checkpoint when it is opened. */
export type OpenedCheckpoint =
  | {
      readonly kind: 'signed'
      readonly checkpoint: Checkpoint
      readonly text: string
      readonly by: readonly CheckedSignature[]
    }
  | { readonly kind: 'refused'; readonly because: string }

/** The text of a checkpoint, to be signed. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`
}

/** Opens a signed checkpoint of the log that a key belongs to. @param witnesses whose cosignatures are checked too */
export function openCheckpoint(
  untrusted: string,
  log: VerifierKey,
  witnesses: readonly VerifierKey[] = [],
): OpenedCheckpoint {
  const note = openNote(untrusted, [log, ...witnesses])
  if (note.kind === 'refused') return note
  if (!note.by.some(({ key }) => key.id === log.id))
    return { kind: 'refused', because: 'the log did not sign it' }
  const checkpoint = parseCheckpoint(note.text)
  if (!checkpoint) return { kind: 'refused', because: 'its text is no checkpoint' }
  if (checkpoint.origin !== log.name)
    return { kind: 'refused', because: `it is of another log, ${checkpoint.origin}` }
  return { ...note, checkpoint }
}

function parseCheckpoint(untrusted: string): Checkpoint | undefined {
  const [origin = '', sizeText = '', rootText = ''] = untrusted.split('\n')
  const size = /^(0|[1-9][0-9]{0,15})$/.test(sizeText) ? Number(sizeText) : Number.NaN
  const root = Buffer.from(rootText, 'base64')
  const isRoot = root.length === HASH_BYTES && root.toString('base64') === rootText
  return origin !== '' && Number.isSafeInteger(size) && isRoot ? { origin, size, root } : undefined
}
