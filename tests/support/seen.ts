/** Seen: what came to a browser, and whether a picture of anything is among it. */
import type { Page, Response } from 'playwright-core'

/** First bytes of PNG, JPEG, WebP and AVIF, as they are and in base64. */
const BEGINNINGS = ['\x89PNG', '\xff\xd8\xff', 'WEBPVP8', 'ftypavif', 'iVBORw0KGgo', '"/9j/'] as const
/** The program's own mark, which is drawn of lines. */
const MARK = '/mark.svg'

/** Everything that was answered to a page. */
export class Answers {
  readonly #told: Promise<{ readonly url: string; readonly type: string; readonly body: string }>[] = []

  constructor(page: Page) {
    page.on('response', (response) => this.#told.push(toldOf(response)))
  }

  /** Addresses whose answer was a picture, or held one. */
  async pictures(): Promise<string[]> {
    const all = await Promise.all(this.#told)
    const isPicture = ({ url, type, body }: (typeof all)[number]): boolean =>
      !url.endsWith(MARK) &&
      (/^(?:image|video)\//.test(type) || BEGINNINGS.some((beginning) => body.includes(beginning)))
    return all.filter(isPicture).map(({ url }) => url)
  }

  /** What kind each answer was. */
  async types(): Promise<string[]> {
    return (await Promise.all(this.#told)).map(({ type }) => type)
  }

  get count(): number {
    return this.#told.length
  }
}

async function toldOf(response: Response) {
  const type = (await response.headerValue('content-type').catch(() => null)) ?? ''
  // A stream has no end while its page listens; pages and programs are the same for everybody; the browser keeps no answer
  // to what may outlive its page.
  const isRead = !/event-stream|javascript|css|html/.test(type) && !response.url().endsWith('/end')
  const body = isRead ? await response.body().catch(() => Buffer.alloc(0)) : Buffer.alloc(0)
  return { url: response.url(), type, body: body.toString('latin1') }
}
