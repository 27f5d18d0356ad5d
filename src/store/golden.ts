/** Golden: pictures whose right answer is known; they measure agreement, and never become entries. */
import type { Annotation, CaseItem, CaseItemId, Grade } from '#terms/casework'
import type { Signed } from './append.ts'
import { changeCaseItem } from './case-items.ts'
import type { Session, Transaction } from './database.ts'
import { textDigest } from './text-digest.ts'

/** True of an item whose right answer is known. */
export async function isGolden(session: Session, item: CaseItemId): Promise<boolean> {
  const { rowCount } = await session.query('SELECT FROM golden_item WHERE case_item = $1', [item])
  return rowCount === 1
}

/** Makes an item one whose right answer is known. */
export async function addGolden(
  tx: Transaction,
  item: CaseItem,
  { grades, annotation }: { readonly grades: readonly Grade[]; readonly annotation: Annotation },
  signed: Signed,
): Promise<void> {
  const answer = { grades: JSON.stringify(grades), annotation: JSON.stringify(annotation) }
  await tx.query('INSERT INTO golden_item (case_item, grades, annotation) VALUES ($1, $2, $3)', [
    item.id,
    answer.grades,
    answer.annotation,
  ])
  const body = { answerSha256: textDigest(tx, `${answer.grades}\n${answer.annotation}`) }
  await changeCaseItem(tx, item, {}, { kind: 'case-item.golden', body }, signed)
}
