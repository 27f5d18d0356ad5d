/** Words: what somebody told, sealed under the report's own key, and opened for those who work on its case. */
import { sealedWords } from '#store/reports'
import type { ReportId, ReportWords } from '#terms/report'
import type { IntakeDesk } from './desk.ts'

/** Seals what was told; undefined where there is nothing to seal. The key is made with it. */
export async function sealWords(
  { keys }: Pick<IntakeDesk, 'keys'>,
  id: ReportId,
  words: ReportWords,
): Promise<Buffer | undefined> {
  if (Object.keys(words).length === 0) return undefined
  return keys.seal(id, 'words', JSON.stringify(words))
}

/**
 * What was told in a report. Whoever asks has passed the door for its case.
 *
 * @returns undefined where nothing was told in words, or it was weeded
 * @throws Fault `store.damaged` where it is not as it was sealed
 */
export async function wordsOf(
  { database, keys }: Pick<IntakeDesk, 'database' | 'keys'>,
  id: ReportId,
): Promise<ReportWords | undefined> {
  const sealed = await sealedWords(database, id)
  const plain = sealed && (await keys.open(id, 'words', sealed))
  return plain === undefined ? undefined : (JSON.parse(plain) as ReportWords)
}
