/** Problems: the lines of a list that could not be taken, each with its number and reason. */
import { Fault } from '#terms/fault'

/** Problems that are kept; further ones are counted only. */
export const PROBLEMS_KEPT_MAX = 100

/** A line that was refused. */
export interface ListProblem {
  /** Physical line of the file, counted from 1; a record of several lines is named by its first. */
  readonly line: number
  readonly reason: string
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
    return this.#kept.toSorted((a, b) => a.line - b.line)
  }

  /**
   * Adds a refused line.
   *
   * @throws Fault `list.invalid` when the list is to be refused whole at its first problem
   */
  add(line: number, reason: string): void {
    const cut =
      line === this.#unendedLine ? ' (the file ends within this line: it may have been cut short)' : ''
    if (this.#strict) this.refuse(`line ${line}: ${reason}${cut}`)
    this.#count++
    if (this.#kept.length < PROBLEMS_KEPT_MAX) this.#kept.push({ line, reason: reason + cut })
  }

  /** Refuses the list whole. @throws Fault `list.invalid`, always */
  refuse(reason: string): never {
    throw new Fault('list.invalid', `${this.#path}: ${reason}`)
  }
}
