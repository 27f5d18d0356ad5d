/** Documents: the small answers of NCMEC hash sharing: who we are, and which reasons feedback may have. */
import type { PullMoment } from '#terms/exchange'
import { NCMEC_NAMESPACE } from '../../ncmec/page.ts'
import { type XmlElement, XmlReader } from '../../ncmec/xml.ts'
import type { Line, LineRequest } from '../line.ts'

/** Asks for a document. @returns its root's children @throws Fault `source.*` */
export async function documentOf(
  line: Line,
  request: LineRequest,
  moment: PullMoment,
): Promise<readonly XmlElement[]> {
  const answer = await line.ask(request, moment)
  const bytes = await answer.bytes().catch((error: unknown) => line.rethrow(error))
  const trees: XmlElement[] = []
  const reader = new XmlReader({
    namespace: NCMEC_NAMESPACE,
    opens: (_element, depth) => (depth === 0 ? 'enter' : 'tree'),
    tree: (element) => void trees.push(element),
    refuse: (reason) => {
      throw line.damaged(`an answer ${reason}`)
    },
  })
  reader.take(bytes)
  reader.end()
  return trees
}

/** What `/v2/status` says of us, in a few words; undefined where it says nothing. */
export function statusOf(trees: readonly XmlElement[]): string | undefined {
  const member = trees.find(({ name }) => name === 'member')
  const user = trees.find(({ name }) => name === 'username')?.text
  const number = member?.attributes?.['id']
  return number === undefined ? undefined : `member ${number} (${member?.text ?? ''}), user ${user ?? ''}`
}

export interface FeedbackReason {
  readonly guid: string
  readonly name: string
}

/** The reasons of `/v2/feedback/{TYPE}/reasons`; the element that holds them is the root, or below it. */
export function reasonsOf(trees: readonly XmlElement[]): FeedbackReason[] {
  const below = trees.flatMap(({ name, children = [] }) =>
    name === 'availableFeedbackReasons' ? children : [],
  )
  return [...trees, ...below].flatMap(({ name, attributes }) => {
    const guid = attributes?.['guid']
    return name === 'reason' && guid ? [{ guid, name: attributes?.['name'] ?? '' }] : []
  })
}
