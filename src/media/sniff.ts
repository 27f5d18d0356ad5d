/** Sniff: what a file's content is, by its bytes and never by its name. */
import type { PictureFormat } from '#terms/media'
import type { Reason } from '#terms/verdict'
import { pictureFormat } from './picture-format.ts'
import { fromLibrary, fromSignature } from './signatures.ts'
import { textKind } from './text.ts'
import type { Watched } from './watch.ts'

/** Bytes of a file's beginning that are enough to tell: an ISO image says so at 32 769. */
export const HEAD_BYTES = 64 * 1024

/** What content can be, before its pixels are looked at. */
export type Sniffed =
  | { readonly kind: 'picture'; readonly format: PictureFormat }
  /** No picture can be in it, unless one of the watched signs turns up further on. */
  | { readonly kind: 'other'; readonly format?: string; readonly watched: readonly Watched[] }
  /** A picture is or may be in it; a watched sign may sharpen the reason. */
  | {
      readonly kind: 'unknown'
      readonly because: Reason
      readonly format?: string
      readonly watched: readonly Watched[]
    }

/**
 * Tells what a file is from its first bytes.
 *
 * Only content that is surely without pictures is `other`; what is not recognised at all is `unsupported`.
 */
export async function sniff(head: Buffer): Promise<Sniffed> {
  if (head.length === 0) return { kind: 'other', format: 'empty', watched: [] }
  const format = pictureFormat(head)
  if (format !== undefined) return { kind: 'picture', format }
  const unsupported = { kind: 'unknown', because: 'unsupported', watched: [] } as const
  return fromSignature(head) ?? textKind(head) ?? (await fromLibrary(head)) ?? unsupported
}
