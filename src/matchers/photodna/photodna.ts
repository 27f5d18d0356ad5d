/** PhotoDNA: Microsoft's Match service, asked about pictures. The algorithm is licensed and is not here. */
import type { WireAnswer } from '#ground/wire/ask'
import type { RemoteSaid } from '#terms/gate'
import type { RemoteItem, RemoteMatcher } from '#terms/remote'
import { Caution, type CautionLimits, type Outside } from '../caution.ts'
import { ANSWER_BYTES_MAX, jsonOf } from '../status.ts'
import { parseMatch } from './answer.ts'

export const PHOTODNA_NAME = 'photodna'

export interface PhotoDnaSettings {
  /** `https://api.microsoftmoderator.com/` unless another is given. */
  readonly url: string
  readonly key: string
  /** Asks the service to prepare the picture first, as by cutting off borders. */
  readonly enhance: boolean
  /** `public` unless the operator runs something of its own there. */
  readonly addresses: 'public' | 'any'
  readonly limits: CautionLimits
}

export const PHOTODNA_URL = 'https://api.microsoftmoderator.com/'
/** Five questions a second is what its default plan allows. */
export const PHOTODNA_LIMITS: CautionLimits = {
  requestsPerSecond: 5,
  secondsMax: 20,
  triesMax: 3,
  failuresMax: 5,
  pauseSeconds: 30,
}

export const PHOTODNA_TYPES = ['image/gif', 'image/jpeg', 'image/png', 'image/bmp', 'image/tiff']
export const PHOTODNA_BYTES_MAX = 4 * 1024 * 1024
export const PHOTODNA_PIXELS_MIN = 160
const TRY_SECONDS_MAX = 15

/** Opens the matcher. Nothing is sent before it is asked. */
export function photodna(settings: PhotoDnaSettings, outside: Outside = {}): RemoteMatcher {
  const caution = new Caution(settings.limits, outside)
  return {
    name: PHOTODNA_NAME,
    sends: 'bytes',
    ask: (item, stop) => ask(item, caution, settings, stop),
    get pausedBecause() {
      return caution.pausedBecause
    },
  }
}

async function ask(
  { content }: RemoteItem,
  caution: Caution,
  settings: PhotoDnaSettings,
  stop: AbortSignal | undefined,
): Promise<RemoteSaid> {
  const because = whyNotTaken(content)
  if (because !== undefined || !content) return unknown(because ?? 'no content was given')
  const said = await caution.question(async (send, limit) => {
    const answer: WireAnswer = await send({
      url: new URL(`photodna/v1.0/Match${settings.enhance ? '?enhance' : ''}`, settings.url),
      method: 'POST',
      headers: {
        'ocp-apim-subscription-key': settings.key,
        'content-type': content.mediaType ?? '',
        accept: 'application/json',
      },
      body: content.bytes,
      bytesMax: ANSWER_BYTES_MAX,
      secondsMax: TRY_SECONDS_MAX,
      addresses: settings.addresses,
      stop: limit,
    })
    const body = await jsonOf(answer)
    return body.kind === 'json' ? parseMatch(body.untrusted) : { ...body, kind: 'unanswered' as const }
  }, stop)
  if (said.kind === 'unanswered') return unknown(said.because)
  return { matcher: PHOTODNA_NAME, ...said, ...(said.kind === 'match' && { near: true }) }
}

/** Why an item would be refused: it is then not sent at all. */
function whyNotTaken(content: RemoteItem['content']): string | undefined {
  if (!content) return 'it is asked about content, and none was given'
  if (!PHOTODNA_TYPES.includes(content.mediaType ?? '')) return 'it does not take this kind of item'
  if (content.bytes.length > PHOTODNA_BYTES_MAX) return 'the item is larger than 4 MB, which it does not take'
  const { width, height } = content
  const isSmall = width !== undefined && height !== undefined && Math.min(width, height) < PHOTODNA_PIXELS_MIN
  return isSmall ? 'the picture is smaller than 160 pixels, which it does not take' : undefined
}

function unknown(because: string): RemoteSaid {
  return { matcher: PHOTODNA_NAME, kind: 'unknown', because }
}
