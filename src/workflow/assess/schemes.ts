/** Schemes: in which categories something is graded here, and whether a grade is one of them. */

import type { Grade } from '#terms/casework'
import { Fault } from '#terms/fault'
import { type AssessDesk, NO_CATEGORY } from './desk.ts'

const AGE_BANDS = 'iwf-age-band'

/** A scheme as whoever grades sees it. */
export interface SchemeTold {
  readonly scheme: string
  readonly version: string
  readonly title: string
  readonly source: string
  readonly isMain: boolean
  readonly codes: readonly {
    readonly code: string
    readonly title: string
    readonly meaning?: string
    readonly key?: string
  }[]
}

/** The schemes that are graded in, the main one with a digit for each category; 0 is for none of them. */
export function schemesToGrade(desk: Pick<AssessDesk, 'vocabularies' | 'schemes'>): SchemeTold[] {
  return desk.schemes.map((name, place) => {
    const { scheme, version, title, source, codes } = schemeNamed(desk, name)
    const isMain = place === 0
    const told = codes.map(({ code, title: words, meaning }, at) => ({
      ...{ code, title: words },
      ...(meaning && { meaning }),
      ...(isMain && at < 9 && { key: String(at + 1) }),
    }))
    const none = { code: NO_CATEGORY, title: 'not a category of this scheme', ...(isMain && { key: '0' }) }
    return { scheme, version, title, source, isMain, codes: [...told, none] }
  })
}

/** The age bands that an annotation may name. */
export function ageBands({
  vocabularies,
}: Pick<AssessDesk, 'vocabularies'>): { code: string; title: string }[] {
  return (vocabularies.schemes.get(AGE_BANDS)?.codes ?? []).map(({ code, title }) => ({ code, title }))
}

/** @throws Fault `request.invalid` for a scheme that is not graded in, a version that is not in force, a category it has not */
export function checkGrades(
  desk: Pick<AssessDesk, 'vocabularies' | 'schemes'>,
  grades: readonly Grade[],
): void {
  const named = new Set<string>()
  for (const { scheme, version, category } of grades) {
    if (named.has(scheme)) throw new Fault('request.invalid', `scheme ${scheme} is graded in twice`)
    named.add(scheme)
    const known = schemeNamed(desk, scheme)
    if (known.version !== version)
      throw new Fault(
        'request.invalid',
        `scheme ${scheme} is in force as ${known.version}, not as ${version}`,
      )
    if (category !== NO_CATEGORY && !known.codes.some(({ code }) => code === category))
      throw new Fault('request.invalid', `scheme ${scheme} has no category ${category}`)
  }
}

function schemeNamed({ vocabularies, schemes }: Pick<AssessDesk, 'vocabularies' | 'schemes'>, name: string) {
  const scheme = vocabularies.schemes.get(name)
  if (!scheme || !schemes.includes(name))
    throw new Fault('request.invalid', `nothing is graded in the scheme ${name} here`)
  return scheme
}
