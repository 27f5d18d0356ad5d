/** Casework: a desk to grade with, cases with items as the machine left them, and people who have them. */

import { newId } from '#ground/id'
import { readVocabularies } from '#lists/vocabularies'
import { allocate } from '#store/allocations'
import { addCaseItem, changeCaseItem } from '#store/case-items'
import { changeCase, openCase } from '#store/cases'
import type { Database } from '#store/database'
import type { CaseItem, CaseKind, ItemHashes, Screening } from '#terms/casework'
import type { ItemId } from '#terms/evidence'
import type { Person } from '#terms/people'
import type { AssessDesk } from '#workflow/assess/desk'

export const NOON = new Date('2026-06-01T12:00:00Z')
const signed = { actor: 'tutela', at: NOON } as const

/** A desk where two people are asked. */
export function gradingDesk(database: Database, more: Partial<AssessDesk> = {}): AssessDesk {
  return {
    database,
    vocabularies: readVocabularies(),
    schemes: ['uk-sentencing', 'ncmec-industry'],
    policy: 'two',
    ownList: 'own',
    publisher: 'Test hotline',
    samplePerMillion: 0,
    drawOf: () => Buffer.alloc(32),
    sealWords: async (_, words) => Buffer.from(words.split('').reverse().join('')),
    now: () => NOON,
    ...more,
  }
}

/** A grade of the main scheme. */
export function grade(category: string, scheme = 'uk-sentencing') {
  const { version } = readVocabularies().schemes.get(scheme) ?? { version: '' }
  return { scheme, version, category }
}

/** A case that waits for an analyst, with items that the machine found something of. */
export async function waitingCase(
  database: Database,
  given: {
    readonly kind?: CaseKind
    readonly items: readonly {
      readonly hashes: ItemHashes
      readonly outcome?: Screening['outcome']
      readonly matches?: Screening['matches']
      readonly stackOf?: number
      readonly item?: ItemId
    }[]
  },
): Promise<{ readonly number: string; readonly items: readonly CaseItem[] }> {
  const number = newId('c')
  const priority = { atRisk: false, gradeOne: false, severity: 1, confidence: 2, trust: 'usual' } as const
  return database.transaction(async (tx) => {
    const receivedAt = NOON.toISOString()
    const kind = given.kind ?? 'hotline'
    const before = await openCase(tx, { number, kind, priority: { ...priority, receivedAt } }, signed)
    const items: CaseItem[] = []
    for (const { hashes, outcome = 'none', matches = [], stackOf, item: sealed } of given.items) {
      const stack = stackOf === undefined ? undefined : items[stackOf]?.id
      const item = await addCaseItem(
        tx,
        {
          id: newId('i'),
          caseNumber: number,
          kind: 'material',
          hashes,
          ...(stack && { stack }),
          ...(sealed && { item: sealed }),
        },
        signed,
      )
      const screening: Screening = {
        outcome,
        matches,
        change: 0,
        versions: 'test',
        at: receivedAt,
        attempts: 1,
      }
      const change = { state: outcome === 'same' ? 'known' : outcome, screening } as const
      items.push(await changeCaseItem(tx, item, change, { kind: 'case-item.screened', body: {} }, signed))
    }
    await changeCase(tx, before, { state: 'waiting' }, { kind: 'case.screened', body: {} }, signed)
    return { number, items }
  })
}

/** Gives a case to somebody, as a claim does. */
export async function has(database: Database, person: Person, number: string): Promise<void> {
  await database.transaction((tx) => allocate(tx, number, person.id, signed))
}
