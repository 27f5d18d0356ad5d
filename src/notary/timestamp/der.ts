/** DER: the little of it that time stamps are written in. X.690. */

/** A value: its tag, its content, and the bytes of the whole. */
export interface Der {
  readonly tag: number
  readonly content: Buffer
  readonly whole: Buffer
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  octets: 0x04,
  null: 0x05,
  oid: 0x06,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
  /** [0], constructed. */
  first: 0xa0,
} as const

/** Reads the values that stand one behind the other. @returns undefined where they break off or are not DER */
export function readDer(untrusted: Uint8Array): Der[] | undefined {
  const bytes = Buffer.from(untrusted.buffer, untrusted.byteOffset, untrusted.length)
  const values: Der[] = []
  for (let at = 0; at < bytes.length; ) {
    const head = headAt(bytes, at)
    if (!head || head.end > bytes.length) return undefined
    values.push({
      tag: head.tag,
      content: bytes.subarray(head.start, head.end),
      whole: bytes.subarray(at, head.end),
    })
    at = head.end
  }
  return values
}

/** What is inside a value. */
export function inside(value: Der | undefined): readonly Der[] {
  return (value && readDer(value.content)) ?? []
}

/** Writes a value. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content])
}

/** Writes an object identifier, as `1.2.840`. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return der(TAG.oid, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

/** True of the object identifier itself, as `oid` writes it. */
export function isOid(value: Der | undefined, dotted: string): boolean {
  return value?.whole.equals(oid(dotted)) === true
}

function headAt(bytes: Buffer, at: number): { tag: number; start: number; end: number } | undefined {
  const [tag, short] = bytes.subarray(at, at + 2)
  // Tags of several bytes are not in use here.
  if (tag === undefined || short === undefined || (tag & 0x1f) === 0x1f) return undefined
  if (short < 0x80) return { tag, start: at + 2, end: at + 2 + short }
  const count = short & 0x7f
  const start = at + 2 + count
  if (count === 0 || count > 4 || start > bytes.length) return undefined
  const length = bytes.readUIntBE(at + 2, count)
  const isShortest = length >= 0x80 && (count === 1 || length >= 256 ** (count - 1))
  return isShortest ? { tag, start, end: start + length } : undefined
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length])
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return Buffer.from([0x80 | bytes.length, ...bytes])
}

function base128(value: number): number[] {
  const digits = [value % 128]
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128))
    digits.unshift(0x80 | (rest % 128))
  return digits
}
