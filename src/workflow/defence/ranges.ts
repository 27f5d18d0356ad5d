/** Ranges: many numbered facts in few words. */

/** Facts in the order given, neighbours drawn together: `A1 to A4, A7, C2`. */
export function rangesOf(facts: readonly string[]): string {
  const runs: { readonly sign: string; readonly first: number; last: number }[] = []
  for (const fact of facts) {
    const sign = fact.slice(0, 1)
    const number = Number(fact.slice(1))
    const run = runs.at(-1)
    if (run?.sign === sign && run.last + 1 === number) run.last = number
    else runs.push({ sign, first: number, last: number })
  }
  return runs.map(({ sign, first, last }) => rangeOf(sign, first, last)).join(', ')
}

function rangeOf(sign: string, first: number, last: number): string {
  if (first === last) return `${sign}${first}`
  return last === first + 1 ? `${sign}${first}, ${sign}${last}` : `${sign}${first} to ${sign}${last}`
}
