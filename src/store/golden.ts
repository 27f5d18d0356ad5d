/** Golden: pictures whose right answer is known; they measure agreement, and never become entries. */
import type { CaseItemId } from '#terms/casework'
import type { Session } from './database.ts'

/** True of an item whose right answer is known. */
export async function isGolden(session: Session, item: CaseItemId): Promise<boolean> {
  const { rowCount } = await session.query('SELECT FROM golden_item WHERE case_item = $1', [item])
  return rowCount === 1
}
