/** Splitter: cuts a JSON document, as its bytes come, into the elements of its long arrays and the frame around them. */
import { isNamed, isSpace } from './name-before.ts'
import { Nesting, OBJECT_DEPTH_MAX } from './nesting.ts'
import {
  BACKSLASH,
  BRACE_BIT,
  BYTE_ORDER_MARK,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from './signs.ts'
import type { SplitWatch } from './split-watch.ts'

/** Largest element, and largest frame, in bytes. */
export const OBJECT_BYTES_MAX = 1 << 23
/** Elements of a run. */
const RUN_MAX = 256

/** The arrays that are split, by the level of the object that has them: the document, an element of it. */
const LONG_ARRAYS: readonly (readonly string[])[] = [['value', 'Media'], ['Media']]

/** What the next byte stands in. */
type Within = 'before' | 'object' | 'array' | 'other' | 'after'

/**
 * Splits one JSON object in which `value`, or `Media`, is a long array, whose elements may have a long array `Media` of their
 * own. Members may stand in any order. Memory is bounded by the largest element. Within elements only strings and nesting are
 * followed: whoever is given them parses them.
 */
export class JsonSplitter {
  readonly #watch: SplitWatch
  #within: Within = 'before'
  readonly #steps: Readonly<Record<Within, () => void>> = {
    before: () => this.#beforeObject(),
    object: () => this.#object(),
    array: () => this.#array(),
    other: () => this.#other(),
    after: () => this.#afterObject(),
  }
  #bytes: Buffer = Buffer.alloc(0)
  /** Bytes of the document before `#bytes`. */
  #before = 0
  readonly #nesting = new Nesting()
  /** First byte that was not given away. */
  #given = 0
  /** First byte of the object that is followed. */
  #start = 0
  /** Bytes of the document before an element that is passed over: it is too large, or no object. */
  #passedAt: number | undefined
  #passedBecause = ''
  /** True within an element that is a text. */
  #inText = false
  /** Elements that are whole and were not given away. */
  #run: number[] = []
  #elements = 0
  #follows: 'nothing' | 'element' | 'comma' = 'nothing'
  /** Beginnings of the objects whose array is being gone through, the document's first. */
  readonly #frames: Buffer[] = []
  /** Beginning of the object whose array was gone through last. */
  #opened: Buffer | undefined
  /** True once the array of the object at each level was seen. */
  readonly #hadArray = [false, false, false]

  constructor(watch: SplitWatch) {
    this.#watch = watch
  }

  take(chunk: Buffer): void {
    this.#bytes = this.#bytes.length > 0 ? Buffer.concat([this.#bytes, chunk]) : chunk
    while (this.#at < this.#bytes.length) this.#steps[this.#within]()
    this.#keep()
  }

  /** Takes in the end of the document, which must be whole. */
  end(): void {
    if (this.#within === 'after') return
    if (this.#within === 'before') this.#watch.refuse('holds no JSON object')
    const size = this.#before + this.#bytes.length
    const isInElement = this.#frames.length > 0 && this.#within !== 'array'
    const place = isInElement ? `within entry ${this.#elements + 1}` : `after ${this.#elements} entries`
    this.#watch.refuse(`is cut short: it ends at byte ${size}, ${place}`)
  }

  /** Copies what is not whole yet, since the chunk will be overwritten. */
  #keep(): void {
    const isFollowed = this.#within === 'object' && this.#passedAt === undefined
    if (isFollowed) this.#give(this.#start)
    else if (this.#within === 'array') this.#give(this.#bytes.length)
    else this.#given = this.#bytes.length
    if (this.#bytes.length - this.#given > OBJECT_BYTES_MAX) this.#passOver()
    this.#before += this.#given
    this.#at -= this.#given
    this.#bytes = Buffer.from(this.#bytes.subarray(this.#given))
    this.#given = this.#start = 0
  }

  /** Gives away whole elements, and what stands between them and a place. */
  #give(to: number): void {
    const bounds = this.#run
    if (bounds.length > 0) {
      const from = bounds[0] ?? 0
      const end = bounds.at(-1) ?? 0
      for (let at = 0; at < bounds.length; at++) bounds[at] = (bounds[at] ?? 0) - from
      const first = this.#elements - bounds.length / 2 + 1
      this.#run = []
      this.#given = end
      this.#watch.elements({
        bytes: this.#bytes.subarray(from, end),
        bounds,
        offset: this.#before + from,
        first,
      })
    }
    if (to > this.#given) this.#watch.between(this.#bytes.subarray(this.#given, to))
    this.#given = to
  }

  /** From here on the object is only followed to its end. */
  #passOver(): void {
    if (this.#frames.length === 0 || this.#hadArray[this.#frames.length])
      this.#watch.refuse(`holds more than ${OBJECT_BYTES_MAX} bytes beside its entries`)
    this.#passedAt = this.#before + this.#start
    this.#passedBecause = `is larger than ${OBJECT_BYTES_MAX} bytes`
    this.#given = this.#bytes.length
  }

  #beforeObject(): void {
    const byte = this.#bytes[this.#at] ?? 0
    const isMark = BYTE_ORDER_MARK[this.#before + this.#at] === byte
    if (byte !== OPEN_BRACE && !isSpace(byte) && !isMark) this.#watch.refuse('holds no JSON object')
    if (byte === OPEN_BRACE) this.#enter()
    else this.#at++
  }

  #afterObject(): void {
    if (!isSpace(this.#bytes[this.#at] ?? 0)) this.#refuseHere('goes on after its end')
    this.#at++
  }

  #enter(): void {
    this.#start = this.#at
    this.#nesting.begin(0)
    this.#hadArray[this.#frames.length] = false
    this.#within = 'object'
  }

  get #at(): number {
    return this.#nesting.at
  }

  set #at(at: number) {
    this.#nesting.at = at
  }

  /** Follows an object until it ends, its long array begins, or the bytes end. */
  #object(): void {
    switch (this.#nesting.follow(this.#bytes)) {
      case 'closed':
        this.#endObject()
        break
      case 'array':
        if (this.#isLongArray(this.#at - 1)) this.#beginArray()
        break
      case 'nothing':
        break
    }
  }

  /** True when the bracket at a place, two deep, opens an array that is split: the name before it says so. */
  #isLongArray(bracket: number): boolean {
    const names = this.#passedAt === undefined ? LONG_ARRAYS[this.#frames.length] : undefined
    return names !== undefined && isNamed(this.#bytes, this.#start, bracket, names)
  }

  #beginArray(): void {
    const level = this.#frames.length
    if (this.#hadArray[level]) this.#watch.refuse('has its entries twice')
    this.#hadArray[level] = true
    if (this.#nesting.isDeep) this.#refuseDeep()
    if (level > 0) this.#give(this.#start)
    const beginning = Buffer.from(this.#bytes.subarray(this.#start, this.#at))
    this.#watch.frameBegins(beginning, level)
    this.#frames.push(beginning)
    this.#given = this.#at
    this.#follows = 'nothing'
    this.#within = 'array'
  }

  #endObject(): void {
    const level = this.#frames.length
    if (level === 0 || this.#hadArray[level]) this.#endFrame(level)
    else this.#endElement()
  }

  #endElement(): void {
    if (this.#nesting.isDeep && this.#passedAt === undefined)
      this.#pass(this.#start, `is nested deeper than ${OBJECT_DEPTH_MAX}`)
    if (this.#passedAt !== undefined) {
      this.#leave(this.#passedAt)
      return
    }
    if (this.#run.length % (RUN_MAX * 2) === 0) this.#give(this.#start)
    this.#elements++
    this.#run.push(this.#start, this.#at)
    this.#follows = 'element'
    this.#within = 'array'
  }

  /** The element at a place will not be given. */
  #pass(start: number, because: string): void {
    this.#give(start)
    this.#passedAt = this.#before + start
    this.#passedBecause = because
  }

  /** Ends an element that cannot be given. */
  #leave(offset: number): void {
    this.#elements++
    this.#watch.left(this.#elements, offset, this.#passedBecause)
    this.#passedAt = undefined
    this.#given = this.#at
    this.#follows = 'element'
    this.#within = 'array'
  }

  #endFrame(level: number): void {
    if (this.#nesting.isDeep) this.#refuseDeep()
    const rest = this.#bytes.subarray(this.#start, this.#at)
    const whole = this.#opened ? Buffer.concat([this.#opened, rest]) : rest
    this.#opened = undefined
    this.#given = this.#at
    this.#watch.frameEnds(whole, level, rest)
    this.#follows = 'element'
    this.#within = level === 0 ? 'after' : 'array'
  }

  #refuseDeep(): never {
    return this.#watch.refuse(`is nested deeper than ${OBJECT_DEPTH_MAX}`)
  }

  #refuseHere(reason: string): never {
    return this.#watch.refuse(`${reason}, at byte ${this.#before + this.#at}`)
  }

  /** Takes one byte between elements. */
  #array(): void {
    const byte = this.#bytes[this.#at] ?? 0
    if (isSpace(byte)) this.#at++
    else if (byte === COMMA) this.#comma()
    else if (byte === CLOSE_BRACKET) this.#endArray()
    else if (this.#follows === 'element') this.#refuseHere('has no comma between entries')
    else if (byte === OPEN_BRACE) this.#enter()
    else this.#enterOther()
  }

  #comma(): void {
    if (this.#follows !== 'element') this.#refuseHere('has a comma and no entry before it')
    this.#follows = 'comma'
    this.#at++
  }

  #endArray(): void {
    if (this.#follows === 'comma') this.#refuseHere('has a comma and no entry after it')
    this.#give(this.#at)
    this.#opened = this.#frames.pop()
    this.#start = this.#at // the bracket is the frame's
    this.#at++
    this.#nesting.begin(1)
    this.#within = 'object'
  }

  /** An element begins that is no object. */
  #enterOther(): void {
    this.#pass(this.#at, 'is no object')
    if (this.#bytes[this.#at] === OPEN_BRACKET) this.#enter()
    else this.#within = 'other'
  }

  /** Passes over a text, a number or a word, a byte at a time. */
  #other(): void {
    const byte = this.#bytes[this.#at] ?? 0
    const isEnd = !this.#inText && (byte === COMMA || byte === CLOSE_BRACKET)
    if (isEnd) {
      this.#leave(this.#passedAt ?? 0)
      return
    }
    if (!this.#inText && (byte | BRACE_BIT) === CLOSE_BRACE) this.#refuseHere('closes what is not open')
    this.#at += this.#inText && byte === BACKSLASH ? 2 : 1
    if (byte === QUOTE) this.#inText = !this.#inText
  }
}
