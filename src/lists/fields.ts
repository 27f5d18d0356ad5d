/** Fields: reads the values of an operator's file one by one; what is not asked for is refused by its path. */
import { Fault } from '#terms/fault'

/** The faults of files that are read by their fields. */
type FileFault = 'source.invalid' | 'config.invalid'

/** A mapping of a YAML file that is being read; every key must be asked for before `end`. */
export class Fields {
  readonly #untrusted: Readonly<Record<string, unknown>>
  readonly #file: string
  readonly #path: string
  readonly #fault: FileFault
  readonly #asked = new Set<string>()

  /**
   * @param fault what is thrown of every field that is wrong, naming the file and the field
   * @throws Fault when it is no mapping
   */
  constructor(untrusted: unknown, file: string, path = '', fault: FileFault = 'source.invalid') {
    this.#file = file
    this.#path = path
    this.#fault = fault
    if (typeof untrusted !== 'object' || untrusted === null || Array.isArray(untrusted))
      throw new Fault(fault, `${file}: ${path || 'the file'} must be keys with values`)
    this.#untrusted = untrusted as Record<string, unknown>
  }

  /** The keys that are there. */
  get keys(): readonly string[] {
    return Object.keys(this.#untrusted)
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#untrusted, key)
  }

  /** A text of one character at least. */
  text(key: string, charactersMax = 500): string {
    const value = this.#take(key)
    if (typeof value !== 'string' || value.trim() === '' || value.length > charactersMax)
      throw this.wrong(key, `some text of at most ${charactersMax} characters`)
    return value.trim()
  }

  /** A text of a pattern. */
  word(key: string, pattern: RegExp, expected: string): string {
    const value = this.text(key)
    if (!pattern.test(value)) throw this.wrong(key, expected)
    return value
  }

  /** One of some words. */
  choice<T extends string>(key: string, choices: readonly T[]): T {
    const value = this.#take(key)
    const choice = choices.find((one) => one === value)
    if (choice === undefined) throw this.wrong(key, `one of ${choices.join(', ')}`)
    return choice
  }

  /** Several of some words, each once. */
  choices<T extends string>(key: string, choices: readonly T[]): T[] {
    const value = this.#take(key)
    const chosen = Array.isArray(value) ? choices.filter((one) => value.includes(one)) : []
    if (!Array.isArray(value) || chosen.length !== value.length)
      throw this.wrong(key, `some of ${choices.join(', ')}`)
    return chosen
  }

  number(key: string, least: number, most: number, whole = true): number {
    const value = this.#take(key)
    const isNumber = typeof value === 'number' && value >= least && value <= most
    if (!isNumber || (whole && !Number.isSafeInteger(value)))
      throw this.wrong(key, `a ${whole ? 'whole ' : ''}number from ${least} to ${most}`)
    return value
  }

  /** Several texts. */
  texts(key: string, countMin: number, countMax: number, charactersMax = 500): string[] {
    const value = this.#take(key)
    const isText = (one: unknown): one is string =>
      typeof one === 'string' && one !== '' && one.length <= charactersMax
    if (Array.isArray(value) && value.length >= countMin && value.length <= countMax && value.every(isText))
      return value
    throw this.wrong(key, `from ${countMin} to ${countMax} texts of at most ${charactersMax} characters`)
  }

  /** True where the key stands: nothing but `true` may be said by it. */
  isSaid(key: string): boolean {
    const value = this.#take(key)
    if (value !== undefined && value !== true) throw this.wrong(key, 'true, or not there')
    return value === true
  }

  /** True or false, and one of them is said. */
  truth(key: string): boolean {
    const value = this.#take(key)
    if (typeof value !== 'boolean') throw this.wrong(key, 'true or false')
    return value
  }

  /** A mapping below this one. */
  below(key: string): Fields {
    return new Fields(this.#take(key), this.#file, this.#place(key), this.#fault)
  }

  /** Several mappings below this one. */
  each(key: string, countMax: number): Fields[] {
    const value = this.#take(key)
    if (!Array.isArray(value) || value.length > countMax)
      throw this.wrong(key, `a list of at most ${countMax}`)
    return value.map((one, at) => new Fields(one, this.#file, `${this.#place(key)}[${at}]`, this.#fault))
  }

  /** A number, a text or several texts: of a partner's own options. */
  option(key: string): string | number | readonly string[] {
    const value = this.#take(key)
    const isText = (one: unknown): one is string => typeof one === 'string' && one !== '' && one.length <= 500
    if (Number.isSafeInteger(value)) return value as number
    if (isText(value)) return value
    if (Array.isArray(value) && value.length <= 1000 && value.every(isText)) return value
    throw this.wrong(key, 'a text, a whole number or several texts')
  }

  /** @throws Fault for a key that nobody asked for */
  end(): void {
    const unknown = this.keys.find((key) => !this.#asked.has(key))
    if (unknown !== undefined)
      throw new Fault(this.#fault, `${this.#file}: there is no field "${this.#place(unknown)}"`)
  }

  wrong(key: string, expected: string): Fault {
    return new Fault(this.#fault, `${this.#file}: ${this.#place(key)} must be ${expected}`)
  }

  #take(key: string): unknown {
    this.#asked.add(key)
    return this.has(key) ? this.#untrusted[key] : undefined
  }

  #place(key: string): string {
    return this.#path === '' ? key : `${this.#path}.${key}`
  }
}
