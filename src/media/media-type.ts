/** Media type: what content is called where somebody is to choose how it is looked at: by its bytes, never by its name. */
import type { PictureFormat } from '#terms/media'

/** Videos that are shown here (video/container.ts), by what the signatures call them. */
const VIDEOS: Readonly<Record<string, string>> = {
  ...{
    mp4: 'video/mp4',
    m4v: 'video/x-m4v',
    mov: 'video/quicktime',
    '3gp': 'video/3gpp',
    '3g2': 'video/3gpp2',
  },
  ...{ mkv: 'video/matroska', webm: 'video/webm', ogv: 'video/ogg', ogm: 'video/ogg', flv: 'video/x-flv' },
  ...{ avi: 'video/vnd.avi', asf: 'video/x-ms-asf', mpg: 'video/mpeg', mts: 'video/mp2t' },
}
/** Of everything else nothing that invites to open it. */
const OTHER = 'application/octet-stream'

/** @returns the type of pictures and videos; `application/octet-stream` of all else */
export function mediaTypeOf(
  content:
    | { readonly kind: 'picture'; readonly format: PictureFormat }
    | { readonly kind: 'other' | 'unknown'; readonly format?: string },
): string {
  if (content.kind === 'picture') return `image/${content.format}`
  return (content.format !== undefined && VIDEOS[content.format]) || OTHER
}
