/** Agreement: what blind grades of the same items come to, scheme by scheme, and how far that can be known. */
import { cohenKappa, fleissKappa, type Kappa } from '#cases/agreement'
import type { BoardTold } from '#contract/board'
import type { GoldenGrade } from '#store/board'
import type { Session } from '#store/database'
import { blindGrades } from '#store/votes'

type Tables = BoardTold['tables']
type AgreementRow = Tables['agreement'][number]

/** Below so many items a kappa says nothing: one more would move it much. */
export const ITEMS_FEW = 50
const THOUSAND = 1000

/**
 * The team's agreement in each scheme: of the first two who graded an item (Cohen), and of three where three did (Fleiss).
 *
 * @returns a row for two in each scheme, and one for three in those in which three graded anything
 */
export async function agreementOf(
  session: Session,
  schemes: readonly string[],
  since: Date,
): Promise<Tables['agreement']> {
  const rows: Tables['agreement'] = []
  for (const scheme of schemes) {
    const graded = await blindGrades(session, scheme, since)
    rows.push(ofTwo(scheme, pairsOf(graded)))
    const ofThree = graded.filter(({ length }) => length >= 3).map((one) => one.slice(0, 3))
    if (ofThree.length > 0) rows.push(rowOf(scheme, 3, ofThree, fleissKappa(ofThree)))
  }
  return rows
}

/** The team's agreement with what generated pictures are labelled as. */
export function goldenOf(grades: readonly GoldenGrade[]): Tables['golden'] {
  const schemes = [...new Set(grades.map(({ scheme }) => scheme))]
  return schemes.map((scheme) => {
    const pairs = grades
      .filter((one) => one.scheme === scheme)
      .map(({ category, answer }) => [category, answer] as const)
    const { pairs: votes, same: right, people: _, scheme: __, ...measured } = ofTwo(scheme, pairs)
    return { scheme, votes, right, ...measured }
  })
}

function ofTwo(scheme: string, pairs: readonly (readonly [string, string])[]): AgreementRow {
  return rowOf(scheme, 2, pairs, cohenKappa(pairs))
}

function rowOf(
  scheme: string,
  people: 2 | 3,
  graded: readonly (readonly string[])[],
  measured: Kappa | undefined,
): AgreementRow {
  const same = graded.filter((one) => one.every((category) => category === one[0])).length
  const isTold = measured && graded.length >= ITEMS_FEW
  return {
    ...{ scheme, people, pairs: graded.length, same, caveat: caveatOf(graded.length, measured) },
    ...(isTold && {
      ...{ kappa: rounded(measured.kappa), from: rounded(measured.from), until: rounded(measured.until) },
    }),
  }
}

/** What a figure can bear. */
export function caveatOf(items: number, measured: Kappa | undefined): string {
  if (items === 0) return 'no item was graded by so many in this time'
  if (items < ITEMS_FEW) return `${items} are too few to say: it is told from ${ITEMS_FEW} on`
  if (measured === undefined) return 'all were graded alike: agreement cannot be told from chance'
  return 'of the items that came: rare categories weigh little in it'
}

function pairsOf(graded: readonly (readonly string[])[]): (readonly [string, string])[] {
  return graded.flatMap(([one, other]) => (one === undefined || other === undefined ? [] : [[one, other]]))
}

function rounded(value: number): number {
  return Math.round(value * THOUSAND) / THOUSAND
}
