/** Case facts: what where a case stands follows from: its items, its reports, and its nearest clock; of many cases at once. */
import type { Case, CaseItem } from '#terms/casework'
import { REPORTER_TRUSTS, type ReporterTrust } from '#terms/report'
import { clockOf } from './case-clocks.ts'
import { CASE_ITEM_COLUMNS, type CaseItemRow, caseItemOf } from './case-items.ts'
import type { Transaction } from './database.ts'

/** What is known of a case. */
export interface CaseFacts {
  readonly items: readonly CaseItem[]
  /** Items that the machine has not looked at yet and is to. */
  readonly unscreened: number
  /** When its nearest clock ends. */
  readonly dueAt?: string
  /** What its reports say of its order; absent where it has none. */
  readonly reports?: { readonly atRisk: boolean; readonly trust: ReporterTrust; readonly receivedAt: string }
}

interface FactsRow {
  readonly number: string
  readonly unscreened: string
  readonly due_at: Date | null
  readonly at_risk: boolean | null
  readonly trust: number | null
  readonly received_at: Date | null
}

const CLOCK = clockOf({
  number: 'asked.number',
  reopenedAt: 'asked.reopened_at',
  isAsked: `asked.state <> 'decided'`,
})
const FACTS = `SELECT asked.number, reports.*,
    (SELECT count(*) FROM case_item WHERE case_number = asked.number AND state = 'new' AND screen_after IS NOT NULL)
      AS unscreened,
    CASE WHEN asked.state <> 'closed' THEN ${CLOCK} END AS due_at
  FROM desk_case AS asked CROSS JOIN LATERAL (
    SELECT bool_or(at_risk) AS at_risk, max(trust) AS trust, min(received_at) AS received_at
      FROM report WHERE case_number = asked.number) AS reports
 WHERE asked.number = ANY($1)`
const ITEMS = `SELECT item.* FROM unnest($1::text[]) AS asked (number) CROSS JOIN LATERAL (
    SELECT ${CASE_ITEM_COLUMNS} FROM case_item WHERE case_number = asked.number ORDER BY stack, id LIMIT $2) AS item
  ORDER BY item.stack, item.id`

/** What is known of cases that are locked, by their numbers; of each so many items at most. */
export async function factsOf(
  tx: Transaction,
  cases: readonly Pick<Case, 'number'>[],
  itemsMax: number,
): Promise<ReadonlyMap<string, CaseFacts>> {
  const numbers = cases.map(({ number }) => number)
  const { rows: items } = await tx.query<CaseItemRow>({
    ...{ name: 'items in cases', text: ITEMS, values: [numbers, itemsMax] },
  })
  const { rows } = await tx.query<FactsRow>({ name: 'case facts', text: FACTS, values: [numbers] })
  const facts = new Map(rows.map((row) => [row.number, { ...told(row), items: [] as CaseItem[] }]))
  for (const item of items.map(caseItemOf)) facts.get(item.caseNumber)?.items.push(item)
  return facts
}

function told({ unscreened, due_at, at_risk, trust, received_at }: FactsRow): Omit<CaseFacts, 'items'> {
  return {
    unscreened: Number(unscreened),
    ...(due_at && { dueAt: due_at.toISOString() }),
    ...(trust !== null &&
      received_at && {
        reports: {
          atRisk: at_risk === true,
          trust: [...REPORTER_TRUSTS].reverse()[trust] ?? 'usual',
          receivedAt: received_at.toISOString(),
        },
      }),
  }
}
