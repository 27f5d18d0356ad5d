/** Options: what is set of a key, parsed from words. */
import { InvalidArgumentError, Option } from 'commander'
import { DECISIONS, POLICY_DEFAULT, type Policy, SCOPES, type Scope } from '#terms/client'
import { wholeNumber } from '../options.ts'

const REQUESTS_PER_MINUTE_MAX = 1_000_000

/** The flags that say what a client may do. */
export interface ClientFlags {
  readonly scope?: readonly Scope[]
  readonly lists?: readonly string[] | 'all'
  readonly policy?: Partial<Policy>
  readonly rpm?: number | 'none'
}

export function scopeOption(): Option {
  return new Option(
    '--scope <words>',
    `what the key may do: ${SCOPES.join(', ')}; several with commas`,
  ).argParser((untrusted) => words(untrusted, SCOPES))
}

export function listsOption(): Option {
  return new Option(
    '--lists <names>',
    'lists that it is answered from, with commas; "all": every list for the gate (default: all)',
  ).argParser((untrusted) => (untrusted === 'all' ? 'all' : untrusted.split(',')))
}

export function policyOption(): Option {
  const outcomes = Object.keys(POLICY_DEFAULT).join(', ')
  return new Option(
    '--policy <pairs>',
    `what its answers advise, as near=block,unknown=allow: for ${outcomes} one of ${DECISIONS.join(', ')}`,
  ).argParser(policyPairs)
}

export function rpmOption(): Option {
  const number = wholeNumber(1, REQUESTS_PER_MINUTE_MAX)
  return new Option('--rpm <n>', 'requests a minute, or "none" (default: none)').argParser((untrusted) =>
    untrusted === 'none' ? 'none' : number(untrusted),
  )
}

function policyPairs(untrusted: string): Partial<Policy> {
  const pairs = untrusted.split(',').map((pair) => {
    const [outcome = '', decision = '', ...rest] = pair.split('=')
    const isPair = Object.hasOwn(POLICY_DEFAULT, outcome) && rest.length === 0
    if (!isPair || !DECISIONS.some((one) => one === decision))
      throw new InvalidArgumentError(`"${pair}" is no outcome with a decision, as near=block.`)
    return [outcome, decision]
  })
  return Object.fromEntries(pairs) as Partial<Policy>
}

function words<T extends string>(untrusted: string, known: readonly T[]): T[] {
  return untrusted.split(',').map((word) => {
    const found = known.find((one) => one === word)
    if (found === undefined) throw new InvalidArgumentError(`"${word}" is none of ${known.join(', ')}.`)
    return found
  })
}
