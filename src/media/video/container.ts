/** Container: which of a closed list of video containers a file is, and which demuxer reads it; no other is ever tried. */
import { sniff } from '../sniff.ts'

/** As the sniffer names containers, with the demuxer that is forced on each: one that opens further files is not among them. */
const DEMUXERS: ReadonlyMap<string, string> = new Map([
  ...['mp4', 'm4v', 'mov', '3gp', '3g2'].map((format) => [format, 'mov'] as const),
  ...['webm', 'mkv'].map((format) => [format, 'matroska'] as const),
  ['avi', 'avi'],
  ['mts', 'mpegts'],
  ['mpg', 'mpeg'],
  ['flv', 'flv'],
  ['asf', 'asf'],
  ...['ogv', 'ogm'].map((format) => [format, 'ogg'] as const),
])

/** The demuxer for a file's first bytes; undefined for what is no video that is shown here. */
export async function demuxerOf(head: Buffer): Promise<string | undefined> {
  const sniffed = await sniff(head)
  return sniffed.kind === 'unknown' ? DEMUXERS.get(sniffed.format ?? '') : undefined
}
