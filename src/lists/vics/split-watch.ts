/** Split watch: what is told of a document as it is split, and to whom. */

/** Some elements that follow each other in the document, with what stands between them. */
export interface ElementRun {
  /** From the first byte of the first element to the last byte of the last; lent, and overwritten after the call. */
  readonly bytes: Buffer
  /** Where in `bytes` each element begins and ends: 2n numbers. */
  readonly bounds: readonly number[]
  /** Bytes of the document before the run. */
  readonly offset: number
  /** Number of the first element in the document, counted from 1. */
  readonly first: number
}

/** What is told of a document as it is split, in its order: together the bytes are the document's own. */
export interface SplitWatch {
  /** Elements, all of them objects, are whole. */
  elements(run: ElementRun): void
  /** An element cannot be given: it is too large, too deep, or no object. */
  left(entry: number, offset: number, reason: string): void
  /** An object with such an array begins: its bytes so far, up to and with the bracket. `level` is 0 for the document. */
  frameBegins(bytes: Buffer, level: number): void
  /** The object ends: all of its bytes, the array left empty. Also of a document without such an array. */
  frameEnds(whole: Buffer, level: number, rest: Buffer): void
  /** White space and commas between elements. */
  between(bytes: Buffer): void
  /** Refuses the document; always throws. */
  refuse(reason: string): never
}
