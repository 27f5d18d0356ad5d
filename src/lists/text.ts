/** Text: whether a file's first bytes can be the beginning of a list at all. */

/** Beginnings of files that people hand over as lists, and what to do about each. */
const KNOWN_STARTS: readonly { readonly bytes: readonly number[]; readonly because: string }[] = [
  { bytes: [0x1f, 0x8b], because: 'is compressed with gzip: decompress it first (gunzip)' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], because: 'is compressed with zstd: decompress it first (unzstd)' },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], because: 'is compressed with xz: decompress it first (unxz)' },
  { bytes: [0x42, 0x5a, 0x68], because: 'is compressed with bzip2: decompress it first (bunzip2)' },
  { bytes: [0x50, 0x4b, 0x03, 0x04], because: 'is a ZIP or spreadsheet: export the sheet as CSV' },
  { bytes: [0x89, 0x54, 0x55, 0x54, 0x45, 0x4c, 0x41, 0x0a], because: 'is a built index, not a list' },
  { bytes: [0xff, 0xfe], because: 'is UTF-16 text: save it as UTF-8' },
  { bytes: [0xfe, 0xff], because: 'is UTF-16 text: save it as UTF-8' },
]

/** How far from the front a NUL says that the file is no text; further on it costs its line alone. */
const NUL_REACH_BYTES = 4_096

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

/** The beginning of a file without its byte order mark. */
export function withoutMark(bytes: Buffer): Buffer {
  return bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? bytes.subarray(3) : bytes
}

/** Why the beginning of a file is not that of a text; undefined when it may be one. */
export function whyNoText(bytes: Buffer): string | undefined {
  for (const { bytes: start, because } of KNOWN_STARTS) {
    if (start.every((byte, at) => bytes[at] === byte)) return because
  }
  if (bytes.length === 0) return 'is empty'
  return bytes.subarray(0, NUL_REACH_BYTES).includes(0) ? 'is no text, so it is no hash list' : undefined
}
