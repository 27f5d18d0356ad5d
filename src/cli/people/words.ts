/** Words: what the commands about people take: pseudonyms, roles, departments, what something is about. */
import { Argument, InvalidArgumentError, Option } from 'commander'
import { isId } from '#ground/id'
import { ACTS, type Act, type PersonId, ROLES, type Role } from '#terms/people'

/** Parses a pseudonym. */
export function personId(untrusted: string): PersonId {
  if (!isId('p', untrusted)) throw new InvalidArgumentError('It is a pseudonym, p- and sixteen characters.')
  return untrusted
}

export function personArgument(): Argument {
  return new Argument('<person>', 'a pseudonym, as "tutela people ls" shows').argParser(personId)
}

export function rolesOption(): Option {
  return new Option('--roles <words>', `with commas: ${ROLES.join(', ')}; "none" for no role`).argParser(
    (untrusted): Role[] => (untrusted === 'none' ? [] : known(untrusted, ROLES)),
  )
}

export function departmentsOption(): Option {
  return new Option('--departments <names>', 'with commas').argParser((untrusted) => untrusted.split(','))
}

export function actsOption(): Option {
  return new Option('--acts <words>', `with commas, of ${ACTS.join(', ')}`).argParser((untrusted): Act[] =>
    known(untrusted, ACTS),
  )
}

const ABOUT = ['case', 'item', 'person'] as const

/** What a conflict or a risk is about, as case:NUMBER. */
export function aboutOption(): Option {
  return new Option('--on <what>', 'as case:NUMBER, item:v-… or person:p-…').argParser((untrusted) => {
    const [word = '', ...rest] = untrusted.split(':')
    const kind = ABOUT.find((one) => one === word)
    const id = rest.join(':')
    if (kind === undefined || id === '') throw new InvalidArgumentError('It is as case:NUMBER.')
    return { kind, id }
  })
}

/** A day or a moment, as ISO 8601. */
export function moment(untrusted: string): string {
  if (Number.isNaN(Date.parse(untrusted))) throw new InvalidArgumentError('It is a date, as 2026-01-31.')
  return new Date(untrusted).toISOString()
}

/** Several of some words, with commas. */
export function known<T extends string>(untrusted: string, words: readonly T[]): T[] {
  return untrusted.split(',').map((word) => {
    const found = words.find((one) => one === word)
    if (found === undefined) throw new InvalidArgumentError(`"${word}" is none of ${words.join(', ')}.`)
    return found
  })
}
