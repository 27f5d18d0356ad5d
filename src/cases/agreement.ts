/**
 * Agreement: how far people who graded the same things alike did so beyond what chance would give, and how far that can be
 * known from so few or so many of them. Of a team, never of a person.
 */

/** An agreement beyond chance, with the interval in which it lies 19 times of 20. */
export interface Kappa {
  readonly kappa: number
  /** Its ends, within −1 to 1. */
  readonly from: number
  readonly until: number
}

/** Of the normal distribution: 95 of 100 lie within so many standard errors. */
const WITHIN = 1.959964

/**
 * Agreement of two blind grades of each thing. Cohen 1960, “A coefficient of agreement for nominal scales”; its standard
 * error by Fleiss, Cohen and Everitt 1969, “Large sample standard errors of kappa and weighted kappa”, formula 13.
 *
 * @returns undefined where there is none to measure, or all gave one category: agreement cannot be told from chance
 */
export function cohenKappa(pairs: readonly (readonly [string, string])[]): Kappa | undefined {
  const count = pairs.length
  if (count === 0) return undefined
  const categories = [...new Set(pairs.flat())]
  const firsts = shares(pairs.map(([one]) => one))
  const seconds = shares(pairs.map(([, other]) => other))
  const observed = pairs.filter(([one, other]) => one === other).length / count
  const expected = sum(categories, (one) => share(firsts, one) * share(seconds, one))
  if (expected === 1) return undefined
  const kappa = (observed - expected) / (1 - expected)
  const apart = 1 - kappa
  const diagonal = sum(categories, (one) => {
    const both = pairs.filter(([a, b]) => a === one && b === one).length / count
    return both * (1 - (share(firsts, one) + share(seconds, one)) * apart) ** 2
  })
  const others = sum(pairs, ([one, other]) =>
    one === other ? 0 : (share(seconds, one) + share(firsts, other)) ** 2 / count,
  )
  const rest = (kappa - expected * apart) ** 2
  const variance = (diagonal + apart ** 2 * others - rest) / (count * (1 - expected) ** 2)
  return within(kappa, Math.sqrt(Math.max(0, variance)))
}

/**
 * Agreement of more than two blind grades of each thing, as many of each. Fleiss 1971, “Measuring nominal scale agreement
 * among many raters”; its interval by the jackknife over the things that were graded, since the published standard error holds
 * only where there is no agreement at all.
 *
 * @param graded what each was graded as; all of one length, from 2
 * @returns undefined where there is none to measure, or all gave one category
 */
export function fleissKappa(graded: readonly (readonly string[])[]): Kappa | undefined {
  const people = graded[0]?.length ?? 0
  if (graded.some(({ length }) => length !== people)) throw new RangeError('each is graded by as many')
  if (people < 2) return undefined
  const each = graded.map(countsOf)
  const alikes = each.map((counts) => alikeIn(counts, people))
  const all = countsOf(graded.flat())
  const alike = sum(alikes, (one) => one)
  const kappa = fleissOf(alike, all, graded.length, people)
  if (kappa === undefined) return undefined
  const without = each.map((counts, at) => {
    const others = new Map([...all].map(([one, count]) => [one, count - (counts.get(one) ?? 0)]))
    return fleissOf(alike - (alikes[at] ?? 0), others, graded.length - 1, people) ?? kappa
  })
  const mean = sum(without, (one) => one) / without.length
  const variance = ((without.length - 1) / without.length) * sum(without, (one) => (one - mean) ** 2)
  return within(kappa, Math.sqrt(variance))
}

/** Of the pairs of grades that one thing has, the share that is alike. */
function alikeIn(counts: ReadonlyMap<string, number>, people: number): number {
  return (sum([...counts.values()], (count) => count ** 2) - people) / (people * (people - 1))
}

/** @param alike the sum of the shares that are alike @param all how often each category was given */
function fleissOf(
  alike: number,
  all: ReadonlyMap<string, number>,
  things: number,
  people: number,
): number | undefined {
  if (things === 0) return undefined
  const expected = sum([...all.values()], (count) => (count / (things * people)) ** 2)
  return expected === 1 ? undefined : (alike / things - expected) / (1 - expected)
}

function countsOf(given: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const one of given) counts.set(one, (counts.get(one) ?? 0) + 1)
  return counts
}

function shares(given: readonly string[]): ReadonlyMap<string, number> {
  return new Map([...countsOf(given)].map(([one, count]) => [one, count / given.length]))
}

function share(all: ReadonlyMap<string, number>, category: string): number {
  return all.get(category) ?? 0
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0)
}

function within(kappa: number, error: number): Kappa {
  return { kappa, from: Math.max(-1, kappa - WITHIN * error), until: Math.min(1, kappa + WITHIN * error) }
}
