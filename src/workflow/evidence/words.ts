/** Words: what somebody wrote, as the database can keep it. */
import { Fault } from '#terms/fault'

const WORDS_MAX = 2000

/** The words, trimmed. @throws Fault `request.invalid` where there are none, too many, or marks that are no text */
export function wordsOf(untrusted: string, needed: string): string {
  const words = untrusted.trim()
  if (words === '' || words.length > WORDS_MAX || /[\0\p{Surrogate}]/u.test(words))
    throw new Fault('request.invalid', `${needed}: up to ${WORDS_MAX} characters`)
  return words
}
