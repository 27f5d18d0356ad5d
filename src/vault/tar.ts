/** Tar: entries of known sizes one after another, in the form that every `tar` reads (POSIX ustar). */

/** A file in an archive. Its bytes are given once. */
export interface TarEntry {
  readonly path: string
  readonly sizeBytes: number
  readonly bytes: () => AsyncIterable<Uint8Array>
}

const BLOCK_BYTES = 512
const PATH_BYTES_MAX = 100
/** Eleven octal digits. */
const SIZE_BYTES_MAX = 8 ** 11 - 1

/** The archive, piece by piece; times are all `at`, so that the same entries give the same bytes. */
export async function* tarOf(entries: AsyncIterable<TarEntry>, at: Date): AsyncGenerator<Uint8Array> {
  for await (const entry of entries) {
    yield headerOf(entry, at)
    let given = 0
    for await (const bytes of entry.bytes()) {
      given += bytes.length
      yield bytes
    }
    if (given !== entry.sizeBytes)
      throw new RangeError(`${entry.path} has ${given} bytes where ${entry.sizeBytes} were said`)
    const rest = given % BLOCK_BYTES
    if (rest > 0) yield Buffer.alloc(BLOCK_BYTES - rest)
  }
  yield Buffer.alloc(2 * BLOCK_BYTES)
}

function headerOf({ path, sizeBytes }: TarEntry, at: Date): Buffer {
  if (Buffer.byteLength(path) > PATH_BYTES_MAX) throw new RangeError(`${path} is too long a path`)
  if (sizeBytes > SIZE_BYTES_MAX) throw new RangeError(`${path} is too large for an archive`)
  const header = Buffer.alloc(BLOCK_BYTES)
  const octal = (number: number, digits: number): string => `${number.toString(8).padStart(digits, '0')}\0`
  header.write(path, 0)
  header.write(octal(0o600, 7), 100)
  header.write(octal(0, 7), 108)
  header.write(octal(0, 7), 116)
  header.write(octal(sizeBytes, 11), 124)
  header.write(octal(Math.floor(at.getTime() / 1000), 11), 136)
  header.write('        ', 148) // the sum counts its own place as spaces
  header.write('0', 156)
  header.write('ustar\0' + '00', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}
