/** Words: what the commands of retention take: items, finds, what something is about, times, and one of some words. */
import { Argument, InvalidArgumentError, Option } from 'commander'
import { isId } from '#ground/id'
import { PURPOSES } from '#terms/people'
import { itemId } from '../vault/evidence.ts'

/** `<item>` */
export function itemArgument(): Argument {
  return new Argument('<item>', 'an item of the vault, v-…').argParser(itemId)
}

/** `--on item:v-…` or `--on case:NUMBER` */
export function onOption(): Option {
  return new Option('--on <what>', 'as item:v-… or case:NUMBER')
    .argParser((untrusted) => {
      const [kind, ...rest] = untrusted.split(':')
      const id = rest.join(':')
      if (kind === 'item' && isId('v', id)) return { kind, id }
      if (kind === 'case' && id !== '') return { kind, id }
      throw new InvalidArgumentError('It is as item:v-… or case:NUMBER.')
    })
    .makeOptionMandatory()
}

/** An option that takes one of some words, and must be given. */
export function oneOf(flags: string, description: string, words: readonly string[]): Option {
  return new Option(flags, description).choices([...words]).makeOptionMandatory()
}

/** `--purpose <word>` */
export function purposeOption(): Option {
  return oneOf('--purpose <word>', 'what for', PURPOSES)
}

/** An option that takes a time. */
export function timeOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(timeOf)
}

/** A date or a moment, as ISO 8601. */
export function timeOf(untrusted: string): Date {
  const time = new Date(untrusted)
  if (!/^\d{4}-\d{2}-\d{2}/.test(untrusted) || Number.isNaN(time.getTime()))
    throw new InvalidArgumentError('It is a date, as 2026-01-31, or a moment, as 2026-01-31T12:00:00Z.')
  return time
}

/** The day of a moment; what stands in its place where there is none. */
export function dayOf(moment: string | undefined, otherwise: string): string {
  return moment === undefined ? otherwise : moment.slice(0, 10)
}
