/** Agreement: published examples to the last digit that they print, and what holds of every set of grades. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cohenKappa, fleissKappa } from '#cases/agreement'

/** Pairs by how often each of them came: rows the first, columns the second. */
function pairsOf(table: readonly (readonly number[])[]): [string, string][] {
  return table.flatMap((row, first) =>
    row.flatMap((count, second) =>
      Array.from({ length: count }, (): [string, string] => [`${first}`, `${second}`]),
    ),
  )
}

/** Grades by how many gave each category: rows the things, columns the categories. */
function gradesOf(table: readonly (readonly number[])[]): string[][] {
  return table.map((row) =>
    row.flatMap((count, category) => Array.from({ length: count }, () => `${category}`)),
  )
}

/** Cohen 1960, table 1: 200 cases, three categories; κ = .49. */
const COHEN_1960 = [
  [88, 14, 18],
  [10, 40, 10],
  [2, 6, 12],
]
/** Fleiss 1971, table 1: 30 patients, six psychiatrists, five diagnoses; κ = .430. */
const FLEISS_1971 =
  `00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031 00501 30012
  51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006`
    .split(/\s+/)
    .map((row) => [...row].map(Number))

describe('of two', () => {
  test('is as Cohen’s own example has it, and its interval as that of 1969', () => {
    const found = cohenKappa(pairsOf(COHEN_1960))
    expect(found?.kappa).toBeCloseTo(0.29 / 0.59, 12) // .70 observed, .41 by chance
    expect(found?.from).toBeCloseTo(0.39, 2)
    expect(found?.until).toBeCloseTo(0.59, 2)
  })

  test('has the ends that Fleiss and Paik’s formula gives, as R’s statpsych prints them', () => {
    const found = cohenKappa(
      pairsOf([
        [31, 12],
        [4, 58],
      ]),
    )
    expect(found?.kappa).toBeCloseTo(0.6756757, 7)
    expect(found?.from).toBeCloseTo(0.531721, 6)
    expect(found?.until).toBeCloseTo(0.8196303, 6)
  })
})

describe('of more than two', () => {
  test('is as Fleiss’s own example has it', () => {
    const found = fleissKappa(gradesOf(FLEISS_1971))
    expect(found?.kappa).toBeCloseTo(0.43, 3)
    expect(found && found.from < 0.43 && 0.43 < found.until).toBe(true)
  })

  test('refuses things that are not graded by as many', () => {
    expect(() => fleissKappa([['A', 'B', 'A'], ['A']])).toThrow(RangeError)
  })

  test('leaves each thing out once to know how far it can be known', () => {
    const graded = gradesOf(FLEISS_1971)
    const whole = fleissKappa(graded)?.kappa ?? Number.NaN
    const without = graded.map((_, at) => fleissKappa(graded.toSpliced(at, 1))?.kappa ?? Number.NaN)
    const mean = without.reduce((sum, one) => sum + one, 0) / 30
    const error = Math.sqrt((29 / 30) * without.reduce((sum, one) => sum + (one - mean) ** 2, 0))
    expect(fleissKappa(graded)?.until).toBeCloseTo(whole + 1.959964 * error, 9)
  })
})

const category = fc.constantFrom('A', 'B', 'C')
const pairs = fc.array(fc.tuple(category, category), { minLength: 1, maxLength: 60 })

test('is within its interval, the same whoever is first and whatever the categories are called', () => {
  fc.assert(
    fc.property(pairs, (given) => {
      const found = cohenKappa(given)
      const turned = cohenKappa(given.map(([one, other]) => [other, one]))
      const renamed = cohenKappa(given.map(([one, other]) => [`${one}!`, `${other}!`]))
      if (!found) return turned === undefined && renamed === undefined
      expect(turned?.kappa).toBeCloseTo(found.kappa, 9)
      expect(renamed).toEqual(found)
      return found.from <= found.kappa && found.kappa <= found.until && found.until <= 1 && found.from >= -1
    }),
  )
})

test('cannot be told where nothing was graded twice, or all was graded alike', () => {
  expect(cohenKappa([])).toBeUndefined()
  expect(fleissKappa([])).toBeUndefined()
  expect(
    cohenKappa([
      ['A', 'A'],
      ['A', 'A'],
    ]),
  ).toBeUndefined()
  expect(fleissKappa([['A', 'A', 'A']])).toBeUndefined()
})
