/** Groups: rows that become visible, or cease to be, at one stroke, however many they are. */
import { GROUPS_MAX } from './facts.ts'

/** What a group's rows are: of a list, to come, or gone. */
const TO_COME = 0
const GONE = -1

/** The list of each group, by its number. */
export class Groups {
  /** Id of the list; `TO_COME` while its change is not whole; `GONE` for good. Group 0 is that of no row. */
  readonly #lists: number[]
  /** The group in which a list's rows stand that came in small changes. */
  readonly #own = new Map<number, number>()

  /** @param lists as `toArray` gave them */
  constructor(lists: readonly number[] = [GONE]) {
    this.#lists = [...lists]
    for (const [group, list] of this.#lists.entries()) if (list > 0) this.#own.set(list, group)
  }

  /** The list of a visible group's rows; 0 for any other group. */
  list(group: number): number {
    return Math.max(this.#lists[group] ?? 0, 0)
  }

  /** False of a group whose rows are gone, and of none. */
  isAlive(group: number): boolean {
    return (this.#lists[group] ?? GONE) !== GONE
  }

  /** The group for rows of a list that are visible at once. */
  own(list: number): number {
    const known = this.#own.get(list)
    if (known !== undefined && this.#lists[known] === list) return known
    const group = this.open(list)
    this.#own.set(list, group)
    return group
  }

  /** A group for rows that are not yet visible, or, given a list, for rows of it that will soon be gone. */
  open(list: number = TO_COME): number {
    if (this.#lists.length >= GROUPS_MAX) throw new RangeError('there are no more groups')
    return this.#lists.push(list) - 1
  }

  /** Makes the rows of a group visible as those of a list. */
  show(group: number, list: number): void {
    this.#lists[group] = list
  }

  /** The rows of a group are gone. */
  end(group: number): void {
    this.#lists[group] = GONE
  }

  /** All rows of a list are gone. */
  endList(list: number): void {
    for (const [group, of] of this.#lists.entries()) if (of === list) this.#lists[group] = GONE
  }

  get length(): number {
    return this.#lists.length
  }

  toArray(): readonly number[] {
    return [...this.#lists]
  }
}
