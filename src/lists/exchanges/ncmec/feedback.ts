/** Feedback: tells NCMEC that an entry is what it says, or with one of its reasons that it is not. Spec: v2, §3.5 and §5. */
import type { FeedbackTold, PullMoment, Told } from '#terms/exchange'
import { NCMEC_NAMESPACE } from '../../ncmec/page.ts'
import type { Line, LineRequest } from '../line.ts'
import { objectOf, textOf } from '../said.ts'
import { documentOf, reasonsOf } from './documents.ts'

/** Kinds of hash as the addresses of the interface name them, the strongest first. */
const TYPES: readonly (readonly [hash: string, type: string])[] = [
  ['sha1', 'SHA1'],
  ['md5', 'MD5'],
  ['pdq', 'PDQ'],
  ['photodna', 'PDNA'],
]
/** The entry is gone, or the reason is not known. */
const REFUSED = [400, 404, 409, 422]

type To = (path: string, more?: Partial<LineRequest>) => LineRequest

export async function tellNcmec(line: Line, to: To, told: FeedbackTold, moment: PullMoment): Promise<Told> {
  const ncmec = objectOf(objectOf(told.extra)?.['ncmec'])
  const member = textOf(objectOf(ncmec?.['member'])?.['id'], 20)
  const id = textOf(ncmec?.['id'], 1_024)
  if (!member || !id) return impossible('the entry does not say whose it is')
  const type = TYPES.find(
    ([hash]) => hash === (told.hashKind ?? hash) && told.hashes[hash] !== undefined,
  )?.[1]
  if (!type) return impossible('the entry has no hash that NCMEC takes feedback on')
  const opinion = told.kind === 'affirm' ? '<affirmative/>' : await negative(line, to, type, told, moment)
  if (typeof opinion !== 'string') return opinion
  const path = `/v2/entries/${member}/${encodeURIComponent(id)}/${type}/feedback`
  const answer = await line.ask(
    to(path, {
      method: 'PUT',
      headers: { 'content-type': 'application/xml; charset=utf-8' },
      body: `<feedbackSubmission xmlns="${NCMEC_NAMESPACE}">${opinion}</feedbackSubmission>`,
      expected: REFUSED,
    }),
    moment,
  )
  answer.drop()
  return REFUSED.includes(answer.status)
    ? impossible(`NCMEC answers with status ${answer.status}`)
    : { kind: 'taken' }
}

/** NCMEC takes no dispute without one of its own reasons. */
async function negative(
  line: Line,
  to: To,
  type: string,
  { reason }: FeedbackTold,
  moment: PullMoment,
): Promise<string | Told> {
  const known = reasonsOf(await documentOf(line, to(`/v2/feedback/${type}/reasons`), moment))
  const wanted = reason?.trim().toLowerCase()
  const found = known.find(({ guid, name }) =>
    [guid.toLowerCase(), name.toLowerCase()].includes(wanted ?? ''),
  )
  if (!found || !/^[0-9a-f-]{1,64}$/i.test(found.guid))
    return impossible(
      `NCMEC wants one of its reasons: ${known
        .map(({ name }) => name)
        .join(', ')
        .slice(0, 500)}`,
    )
  return `<negative><reasonIds><guid>${found.guid}</guid></reasonIds></negative>`
}

function impossible(because: string): Told {
  return { kind: 'impossible', because }
}
