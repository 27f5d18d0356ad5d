/** Config values: what a value of the configuration may be, and how a wrong one is told. */
import { resolve } from 'node:path'
import { Fault } from '#terms/fault'

/** Turns an untrusted value into a parsed one. `place` names it for people. */
export type Parser<T = unknown> = (untrusted: unknown, place: string) => T

/** The longest role, purpose or path. */
export const STATED_CHARACTERS_MAX = 500

/** Parses an object with these keys and no others; each may be absent. */
export function keysOf(parsers: Readonly<Record<string, Parser>>): Parser<object> {
  return (untrusted, place) => {
    if (typeof untrusted !== 'object' || untrusted === null || Array.isArray(untrusted))
      throw wrong(place, 'keys with values')
    const parsed = Object.entries(untrusted).map(([key, value]) => {
      const parser = Object.hasOwn(parsers, key) ? parsers[key] : undefined
      if (!parser) throw new Fault('config.invalid', `${place}: there is no key "${key}"`)
      return [key, parser(value, `${place}: ${key}`)]
    })
    return Object.fromEntries(parsed)
  }
}

/** As `keysOf`, with keys that must be there. */
export function keysWith(
  parsers: Readonly<Record<string, Parser>>,
  needed: readonly string[],
): Parser<object> {
  const parse = keysOf(parsers)
  return (untrusted, place) => {
    const parsed = parse(untrusted, place)
    const missing = needed.find((key) => !Object.hasOwn(parsed, key))
    if (missing === undefined) return parsed
    throw new Fault('config.invalid', `${place}: the key "${missing}" is missing`)
  }
}

export const text: Parser<string> = (untrusted, place) => {
  if (typeof untrusted !== 'string' || untrusted.trim() === '' || untrusted.length > STATED_CHARACTERS_MAX)
    throw wrong(place, `some text of at most ${STATED_CHARACTERS_MAX} characters`)
  return untrusted.trim()
}

/** A path; a relative one starts from `folder`. */
export function pathFrom(folder: string): Parser<string> {
  return (untrusted, place) => resolve(folder, text(untrusted, place))
}

/** A whole number between two bounds. */
export function whole(least: number, most: number = Number.MAX_SAFE_INTEGER): Parser<number> {
  const bounds = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `between ${least} and ${most}`
  return (untrusted, place) => {
    const isWhole = typeof untrusted === 'number' && Number.isSafeInteger(untrusted)
    if (!isWhole || untrusted < least || untrusted > most) throw wrong(place, `a whole number ${bounds}`)
    return untrusted
  }
}

/** A number between two bounds. */
export function decimal(least: number, most: number): Parser<number> {
  return (untrusted, place) => {
    const isOne = typeof untrusted === 'number' && untrusted >= least && untrusted <= most
    if (!isOne) throw wrong(place, `a number between ${least} and ${most}`)
    return untrusted
  }
}

export const flag: Parser<boolean> = (untrusted, place) => {
  if (typeof untrusted !== 'boolean') throw wrong(place, 'true or false')
  return untrusted
}

export function oneOf<T extends string>(words: readonly T[]): Parser<T> {
  return (untrusted, place) => {
    const word = words.find((one) => one === untrusted)
    if (word === undefined) throw wrong(place, `one of ${words.join(', ')}`)
    return word
  }
}

/** Up to `most` values of one kind. */
export function several<T>(parser: Parser<T>, most: number): Parser<readonly T[]> {
  return (untrusted, place) => {
    if (!Array.isArray(untrusted) || untrusted.length > most) throw wrong(place, `at most ${most} values`)
    return untrusted.map((one, at) => parser(one, `${place}: ${at + 1}`))
  }
}

/** An http or https address without credentials in it. */
export const httpAddress: Parser<string> = (untrusted, place) => {
  const address = text(untrusted, place)
  const url = URL.canParse(address) ? new URL(address) : undefined
  const isPlain = url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
  if (!isPlain) throw wrong(place, 'an http or https address without a name or password in it')
  return address
}

/** An address of mail, plain: it goes into a header as it stands. */
export const mailAddress: Parser<string> = (untrusted, place) => {
  const address = text(untrusted, place)
  if (/^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+$/.test(address)) return address
  throw wrong(place, 'an address of mail, as name@example.com')
}

/** A PostgreSQL connection string. What is wrong with it is not repeated: it may hold a password. */
export const databaseAddress: Parser<string> = (untrusted, place) => {
  const isOne = typeof untrusted === 'string' && /^postgres(ql)?:\/\/./.test(untrusted.trim())
  if (!isOne) throw wrong(place, 'a connection string, as postgres://user@host:5432/name')
  return untrusted.trim()
}

export function wrong(place: string, expected: string): Fault {
  return new Fault('config.invalid', `${place} must be ${expected}`)
}
