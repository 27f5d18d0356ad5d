/** Categories: what publishers say of entries, each saying once, by reference. */
import type { Categories } from '#terms/register'

/** Sayings by reference, from 0. */
export class CategoryTable {
  readonly #texts: string[] = []
  readonly #values: (Categories | undefined)[] = []
  readonly #references = new Map<string, number>()

  constructor(texts: readonly string[] = []) {
    for (const text of texts) this.reference(text)
  }

  /** The reference of a saying in JSON. */
  reference(text: string): number {
    const known = this.#references.get(text)
    if (known !== undefined) return known
    const reference = this.#texts.push(text) - 1
    this.#references.set(text, reference)
    return reference
  }

  value(reference: number): Categories {
    const known = this.#values[reference]
    if (known) return known
    const value = JSON.parse(this.#texts[reference] ?? '{}') as Categories
    this.#values[reference] = value
    return value
  }

  get length(): number {
    return this.#texts.length
  }

  /** The sayings in the order of their references. */
  texts(): readonly string[] {
    return this.#texts
  }
}
