/** Decode: a picture's bytes to the hashes of all its frames, strictly where possible, else as far as it goes. */
import type { Pdq } from '@tutela/kernels/pdq'
import type { PictureFormat } from '#terms/media'
import { decodeBmp } from './bmp.ts'
import { Gathering } from './gathering.ts'
import { decodeHeic } from './heic.ts'
import type { ChildLimits } from './limits.ts'
import { decodePages } from './pages.ts'
import { remainsOf } from './remains.ts'
import { decodeSingle } from './single.ts'
import { decodeTiff } from './tiff.ts'
import type { PictureAnswer } from './wire.ts'

async function decodeInto(gathering: Gathering, format: PictureFormat, bytes: Buffer): Promise<void> {
  switch (format) {
    case 'jpeg':
    case 'png':
      return decodeSingle(gathering, format, bytes)
    case 'gif':
    case 'webp':
    case 'avif':
      await decodePages(gathering, bytes)
      return
    case 'tiff':
      return decodeTiff(gathering, bytes)
    case 'heic':
      return decodeHeic(gathering, bytes)
    case 'bmp':
      return decodeBmp(gathering, bytes)
  }
}

/**
 * Decodes and hashes every distinct frame or page of a file, then every picture that follows its end.
 *
 * A thumbnail inside metadata (EXIF, XMP, ICC, a HEIC thumbnail or depth map) shows what the picture itself shows and is
 * left aside. A picture appended after the end, as cameras do for stereo and gain maps and as one may do to hide, is
 * hashed as a further frame; anything else of some size that follows the end makes the answer incomplete.
 */
export async function decode(
  pdq: Pdq,
  limits: ChildLimits,
  format: PictureFormat,
  bytes: Buffer,
): Promise<PictureAnswer> {
  const gathering = new Gathering(pdq, limits)
  let rest: { readonly format: PictureFormat; readonly bytes: Buffer } | undefined = { format, bytes }
  while (rest !== undefined && !gathering.isFull()) {
    await decodeInto(gathering, rest.format, rest.bytes)
    const remains = remainsOf(rest.format, rest.bytes)
    if (remains.unread !== undefined) gathering.miss(remains.unread)
    if (remains.cut === true) gathering.cutShort()
    rest = remains.picture
  }
  return gathering.answer()
}
