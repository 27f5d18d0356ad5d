/** Problems: the lines and entries of a list that could not be taken, each with its place and reason. */
import { Fault } from '#terms/fault'

/** Problems that are kept; further ones are counted only. */
export const PROBLEMS_KEPT_MAX = 100

/** Where something stands in a list, as far as its format has lines, or entries of its own. */
export interface Place {
  /** Physical line of the file, counted from 1; a record of several lines is named by its first. */
  readonly line?: number
  /** Entry of the file, counted from 1, those that are refused among them. */
  readonly entry?: number
  /** Bytes of the file before the entry. */
  readonly offset?: number
}

/** A line or an entry of which something was refused. */
export interface ListProblem extends Place {
  readonly reason: string
}

/** A place in words: `line 4`, or `entry 12 (byte 3456)`. */
export function placeWords({ line, entry, offset }: Place): string {
  if (entry === undefined) return line === undefined ? 'the file' : `line ${line}`
  if (offset !== undefined) return `entry ${entry} (byte ${offset})`
  return line === undefined ? `entry ${entry}` : `entry ${entry} (line ${line})`
}

/** Gathers the problems of one list. */
export class Problems {
  readonly #path: string
  readonly #strict: boolean
  readonly #kept: ListProblem[] = []
  #count = 0
  #unendedLine = 0

  constructor(path: string, strict: boolean) {
    this.#path = path
    this.#strict = strict
  }

  /** Names the last line when the file does not end it, since a refusal may then come from a cut. */
  set unendedLine(line: number) {
    this.#unendedLine = line
  }

  get count(): number {
    return this.#count
  }

  get kept(): readonly ListProblem[] {
    return this.#kept.toSorted((a, b) => ordinal(a) - ordinal(b))
  }

  /**
   * Adds a refused line.
   *
   * @throws Fault `list.invalid` when the list is to be refused whole at its first problem
   */
  add(line: number, reason: string): void {
    const isCut = line === this.#unendedLine
    this.addAt(
      { line },
      isCut ? `${reason} (the file ends within this line: it may have been cut short)` : reason,
    )
  }

  /**
   * Adds a refused entry.
   *
   * @throws Fault `list.invalid` when the list is to be refused whole at its first problem
   */
  addAt(place: Place, reason: string): void {
    if (this.#strict) this.refuse(`${placeWords(place)}: ${reason}`)
    this.#count++
    if (this.#kept.length < PROBLEMS_KEPT_MAX) this.#kept.push({ ...place, reason })
  }

  /** Refuses the list whole. @throws Fault `list.invalid`, always */
  refuse(reason: string): never {
    throw new Fault('list.invalid', `${this.#path}: ${reason}`)
  }
}

function ordinal({ line, entry }: Place): number {
  return entry ?? line ?? 0
}
