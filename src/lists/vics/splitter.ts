/** Splitter: cuts a JSON document, as its bytes come, into the elements of its long arrays and the frame around them. */

import { isNamed, isSpace } from './name-before.ts'

/** What is told of a document as it is split. Bytes are lent: they are overwritten after the call. */
export interface SplitWatch {
  /** An element, an object, is whole. */
  element(bytes: Buffer, offset: number): void
  /** An element cannot be given: it is too large, too deep, or no object. */
  left(offset: number, reason: string): void
  /** An object with such an array begins: its bytes so far, up to and with the bracket. `level` is 0 for the document. */
  frameBegins(bytes: Buffer, level: number): void
  /** The object ends: all of its bytes, the array left empty. Also of a document without such an array. */
  frameEnds(whole: Buffer, level: number, rest: Buffer): void
  /** White space and commas between elements. */
  between(bytes: Buffer): void
  /** Refuses the document; always throws. */
  refuse(reason: string): never
}

/** Largest element, and largest frame, in bytes. */
export const OBJECT_BYTES_MAX = 1 << 24
/** Deepest nesting within an element. */
export const OBJECT_DEPTH_MAX = 64

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN_BRACE = 0x7b
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const CLOSE_BRACE = 0x7d
/** Brackets and braces differ in this bit alone. */
const BRACE_BIT = 0x20
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]

/** The arrays that are split, by the level of the object that has them: the document, an element of it. */
const LONG_ARRAYS: readonly (readonly string[])[] = [['value', 'Media'], ['Media']]

/** Where in a document the next byte stands. */
type Mode = 'before' | 'object' | 'array' | 'other' | 'after'

/**
 * Splits one JSON object in which `value`, or `Media`, is a long array, whose elements may have a long array `Media` of their own.
 * Members may stand in any order. Memory is bounded by the largest element. Within elements only strings and nesting are followed:
 * whoever is given them parses them.
 */
export class JsonSplitter {
  readonly #watch: SplitWatch
  #mode: Mode = 'before'
  #bytes: Buffer = Buffer.alloc(0)
  /** Next byte to be looked at; one beyond the end when that byte is escaped. */
  #at = 0
  /** First byte that was not given away yet. */
  #start = 0
  /** Bytes of the document before `#bytes`. */
  #before = 0
  #depth = 0
  #inString = false
  #isDeep = false
  #isLarge = false
  /** Bytes before the object that is passed over. */
  #largeAt = 0
  /** Beginnings of the objects whose array is being gone through, the document's first. */
  readonly #frames: Buffer[] = []
  /** True once the array of the object at each level was seen. */
  readonly #hadArray: boolean[] = [false, false, false]
  /** Beginning of the object whose array was gone through last. */
  #opened: Buffer | undefined
  #follows: 'nothing' | 'element' | 'comma' = 'nothing'
  #elements = 0

  constructor(watch: SplitWatch) {
    this.#watch = watch
  }

  /** Elements so far, those that could not be given among them. */
  get elements(): number {
    return this.#elements
  }

  take(chunk: Buffer): void {
    const held = this.#bytes.length
    this.#bytes = held > 0 ? Buffer.concat([this.#bytes, chunk]) : chunk
    while (this.#at < this.#bytes.length) this.#step()
    this.#keep()
  }

  /** Takes in the end of the document, which must be whole. */
  end(): void {
    if (this.#mode === 'after') return
    const size = this.#before + this.#bytes.length
    const [whole, next] = [this.#elements, this.#elements + 1]
    if (this.#mode === 'before') this.#watch.refuse('holds no JSON object')
    const isWithin = this.#frames.length > 0 && (this.#mode === 'object' || this.#mode === 'other')
    this.#watch.refuse(
      `is cut short: it ends at byte ${size}, ${isWithin ? `within entry ${next}` : `after ${whole} entries`}`,
    )
  }

  #step(): void {
    switch (this.#mode) {
      case 'before':
        this.#beforeObject()
        break
      case 'object':
        this.#object()
        break
      case 'array':
        this.#array()
        break
      case 'other':
        this.#other()
        break
      case 'after':
        this.#afterObject()
        break
    }
  }

  /** Copies what is not whole yet, since the chunk will be overwritten. */
  #keep(): void {
    if (this.#mode === 'array') this.#watch.between(this.#bytes.subarray(this.#start))
    if (this.#mode !== 'object' || this.#isLarge) this.#start = this.#bytes.length
    if (this.#bytes.length - this.#start > OBJECT_BYTES_MAX) this.#passOver()
    this.#before += this.#start
    this.#at -= this.#start
    this.#bytes = Buffer.from(this.#bytes.subarray(this.#start))
    this.#start = 0
  }

  /** From here on the object is only followed to its end. */
  #passOver(): void {
    if (this.#frames.length === 0 || this.#hadArray[this.#frames.length])
      this.#watch.refuse(`holds more than ${OBJECT_BYTES_MAX} bytes beside its entries`)
    this.#isLarge = true
    this.#largeAt = this.#before + this.#start
    this.#start = this.#bytes.length
  }

  #beforeObject(): void {
    const byte = this.#bytes[this.#at] ?? 0
    const place = this.#before + this.#at
    if (byte !== OPEN_BRACE && !isSpace(byte) && BYTE_ORDER_MARK[place] !== byte)
      this.#watch.refuse('holds no JSON object')
    if (byte === OPEN_BRACE) this.#enter()
    else this.#at++
  }

  #afterObject(): void {
    const byte = this.#bytes[this.#at] ?? 0
    if (!isSpace(byte)) this.#watch.refuse(`goes on after its end, at byte ${this.#before + this.#at}`)
    this.#at++
  }

  #enter(): void {
    this.#start = this.#at
    this.#depth = 0
    this.#isDeep = this.#isLarge = false
    this.#hadArray[this.#frames.length] = false
    this.#mode = 'object'
  }

  #enterOther(): void {
    this.#largeAt = this.#before + this.#at
    this.#depth = 0
    this.#mode = 'other'
  }

  /** Follows an object until it ends, its long array begins, or the bytes end. */
  #object(): void {
    const bytes = this.#bytes
    const end = bytes.length
    let at = this.#at
    let depth = this.#depth
    let inString = this.#inString
    while (at < end) {
      const byte = bytes[at++] ?? 0
      if (byte === QUOTE) inString = !inString
      else if (inString) {
        if (byte === BACKSLASH) at++
      } else if ((byte | BRACE_BIT) === OPEN_BRACE) {
        if (++depth > OBJECT_DEPTH_MAX) this.#isDeep = true
        if (depth !== 2 || byte !== OPEN_BRACKET || !this.#opensLongArray(at - 1)) continue
        this.#at = at
        this.#beginArray()
        return
      } else if ((byte | BRACE_BIT) === CLOSE_BRACE && --depth === 0) {
        this.#at = at
        this.#endObject()
        return
      }
    }
    this.#at = at
    this.#depth = depth
    this.#inString = inString
  }

  #opensLongArray(bracket: number): boolean {
    const names = this.#isLarge ? undefined : LONG_ARRAYS[this.#frames.length]
    return names !== undefined && isNamed(this.#bytes, this.#start, bracket, names)
  }

  #beginArray(): void {
    const level = this.#frames.length
    if (this.#hadArray[level]) this.#watch.refuse('has its entries twice')
    this.#hadArray[level] = true
    if (this.#isDeep) this.#refuseDeep()
    const beginning = Buffer.from(this.#bytes.subarray(this.#start, this.#at))
    this.#watch.frameBegins(beginning, level)
    this.#frames.push(beginning)
    this.#follows = 'nothing'
    this.#inString = false
    this.#start = this.#at
    this.#mode = 'array'
  }

  #endObject(): void {
    const level = this.#frames.length
    const bytes = this.#bytes.subarray(this.#start, this.#at)
    const offset = this.#before + this.#start
    this.#inString = false
    this.#start = this.#at
    if (level === 0 || this.#hadArray[level]) this.#endFrame(bytes, level)
    else this.#endElement(bytes, offset)
  }

  #endElement(bytes: Buffer, offset: number): void {
    this.#elements++
    this.#mode = 'array'
    this.#follows = 'element'
    if (this.#isLarge) this.#watch.left(this.#largeAt, `is larger than ${OBJECT_BYTES_MAX} bytes`)
    else if (this.#isDeep) this.#watch.left(offset, `is nested deeper than ${OBJECT_DEPTH_MAX}`)
    else this.#watch.element(bytes, offset)
  }

  #endFrame(rest: Buffer, level: number): void {
    if (this.#isDeep) this.#refuseDeep()
    const whole = this.#opened ? Buffer.concat([this.#opened, rest]) : rest
    this.#opened = undefined
    this.#watch.frameEnds(whole, level, rest)
    this.#follows = 'element'
    this.#mode = level === 0 ? 'after' : 'array'
  }

  #refuseDeep(): never {
    return this.#watch.refuse(`is nested deeper than ${OBJECT_DEPTH_MAX}`)
  }

  /** Goes on between elements until one begins, the array ends, or the bytes end. */
  #array(): void {
    const byte = this.#bytes[this.#at] ?? 0
    if (isSpace(byte)) this.#at++
    else if (byte === COMMA) this.#comma()
    else if (byte === CLOSE_BRACKET) this.#endArray()
    else {
      if (this.#follows === 'element') this.#refuseHere('has no comma between entries')
      this.#watch.between(this.#bytes.subarray(this.#start, this.#at))
      if (byte === OPEN_BRACE) this.#enter()
      else this.#enterOther()
    }
  }

  #comma(): void {
    if (this.#follows !== 'element') this.#refuseHere('has a comma and no entry before it')
    this.#follows = 'comma'
    this.#at++
  }

  #refuseHere(reason: string): never {
    return this.#watch.refuse(`${reason}, at byte ${this.#before + this.#at}`)
  }

  #endArray(): void {
    if (this.#follows === 'comma') this.#refuseHere('has a comma and no entry after it')
    this.#watch.between(this.#bytes.subarray(this.#start, this.#at))
    this.#opened = this.#frames.pop()
    this.#start = this.#at // the bracket is the frame's
    this.#at++
    this.#depth = 1
    this.#isDeep = this.#isLarge = false
    this.#mode = 'object'
  }

  /** Passes over an element that is no object. */
  #other(): void {
    const byte = this.#bytes[this.#at] ?? 0
    const isEnd = !this.#inString && this.#depth === 0 && (byte === COMMA || byte === CLOSE_BRACKET)
    if (isEnd) {
      this.#elements++
      this.#follows = 'element'
      this.#start = this.#at
      this.#mode = 'array'
      this.#watch.left(this.#largeAt, 'is no object')
      return
    }
    this.#at += this.#inString && byte === BACKSLASH ? 2 : 1
    if (byte === QUOTE) this.#inString = !this.#inString
    else if (this.#inString) return
    else if ((byte | BRACE_BIT) === OPEN_BRACE) this.#depth++
    else if ((byte | BRACE_BIT) === CLOSE_BRACE && --this.#depth < 0)
      this.#refuseHere('closes what is not open')
  }
}
