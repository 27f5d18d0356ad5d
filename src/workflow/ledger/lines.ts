/** Lines: how events, checkpoints and anchors are written down in an export, a JSON object each, in one form only. */
import type { StoredCheckpoint } from '#store/anchors'
import type { SaltedEvent } from '#store/leaves'
import { canonical } from '#terms/event'
import type { CopiedAnchor } from './copy.ts'

/** A leaf of an export: its event may be missing. */
export interface LeafLine {
  readonly number: number
  readonly hash: Uint8Array
  readonly event?: SaltedEvent
}

export function leafLine({ number, hash, event }: LeafLine): string {
  const base = { leaf: number, hash: hex(hash) }
  if (!event) return canonical(base)
  const { stream, version, kind, actor, at, body, salt } = event
  return canonical({ ...base, salt: hex(salt), event: { stream, version, kind, actor, at, body } })
}

export function checkpointLine({ size, root, note, at }: StoredCheckpoint): string {
  return canonical({ size, root: hex(root), note, at })
}

/** When an anchor was given is what its proof says, and no field of its own. */
export function anchorLine({ size, kind, place, proof }: CopiedAnchor): string {
  return canonical({ size, kind, place, proof: Buffer.from(proof).toString('base64') })
}

/** Reads a line by what writes it: it must be written again as it is. @returns undefined for any other */
export function readLeafLine(untrusted: string): LeafLine | undefined {
  return exact(untrusted, leafLine, ({ leaf, hash, salt, event }) => ({
    number: leaf as number,
    hash: Buffer.from(hash as string, 'hex'),
    ...(event !== undefined && {
      event: { ...(event as SaltedEvent), salt: Buffer.from(salt as string, 'hex') },
    }),
  }))
}

export function readCheckpointLine(untrusted: string): StoredCheckpoint | undefined {
  return exact(untrusted, checkpointLine, ({ size, root, note, at }) => ({
    size: size as number,
    root: Buffer.from(root as string, 'hex'),
    note: note as string,
    at: at as string,
  }))
}

export function readAnchorLine(untrusted: string): CopiedAnchor | undefined {
  return exact(untrusted, anchorLine, ({ size, kind, place, proof }) => ({
    size: size as number,
    kind: kind === 'witness' || kind === 'mail' ? kind : 'timestamp',
    place: place as string,
    proof: Buffer.from(proof as string, 'base64'),
  }))
}

/** What is written again as it stands has the right form, whatever was assumed of it while it was read. */
function exact<T>(
  untrusted: string,
  print: (value: T) => string,
  read: (fields: Record<string, unknown>) => T,
): T | undefined {
  try {
    const value = read(JSON.parse(untrusted) as Record<string, unknown>)
    return print(value) === untrusted ? value : undefined
  } catch {
    return undefined
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
