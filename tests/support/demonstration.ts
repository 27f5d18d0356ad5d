/** Demonstration: the built program with its demonstration, on a place of its own, and people who come into it by their links. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { Role } from '#terms/people'
import { serverNumber, somePlace } from '../store/embedded/ground.ts'
import { type Ended, ended, started } from './command.ts'

interface Listening {
  readonly url: string
  readonly links: readonly { readonly role: Role; readonly place: number; readonly url: string }[]
}

/** A demonstration that runs; whoever opens it closes it. */
export class Demonstration {
  readonly data: string
  readonly #remove: () => Promise<void>
  #child: ChildProcess | undefined
  #said: Listening = { url: '', links: [] }

  private constructor(data: string, remove: () => Promise<void>) {
    this.data = data
    this.#remove = remove
  }

  static async open(): Promise<Demonstration> {
    const { data, remove } = await somePlace()
    const demonstration = new Demonstration(data, remove)
    await demonstration.start()
    return demonstration
  }

  get address(): string {
    return this.#said.url
  }

  /** Starts it; again where it was before, so that pages that are open go on. */
  async start(): Promise<void> {
    const { port } = this.#said.url === '' ? { port: '0' } : new URL(this.#said.url)
    const args = ['demo', 'desk', '--json', '--data', this.data, '--port', port]
    const child = started(args, { DATABASE_URL: '' })
    this.#child = child
    const all = ended(child)
    for await (const line of createInterface(child.stdout as Readable)) {
      this.#said = JSON.parse(line) as Listening
      return
    }
    throw new Error(`the demonstration ended before it listened: ${(await all).stderr}`)
  }

  /** Ends the program alone; its database goes on. */
  async kill(): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const closed = once(child, 'close')
    child.kill('SIGKILL')
    await closed
  }

  /** Ends it and its database at one moment, as a power cut would. */
  async cutPower(): Promise<void> {
    const database = await serverNumber(this.data)
    if (database !== undefined) process.kill(database, 'SIGKILL')
    await this.kill()
  }

  /** Runs a command of the program on the same place. */
  run(...args: readonly string[]): Promise<Ended> {
    return ended(started(args, { DATABASE_URL: '', TUTELA_DATA: this.data }))
  }

  /** Somebody who came in by a link, at the first page that their role opens. */
  async enter(browser: Browser, role: Role, place = 1, options: BrowserContextOptions = {}): Promise<Page> {
    const listed = await this.run('demo', 'desk', '--links', '--json', '--data', this.data)
    const { links } = JSON.parse(listed.stdout) as Listening
    const link = links.find((one) => one.role === role && one.place === place)
    if (!link) throw new Error(`no link for ${role} ${place}: ${listed.stderr}`)
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
    const page = await context.newPage()
    await page.goto(`${this.address}/sign-in${new URL(link.url).hash}`)
    await page.getByRole('navigation', { name: 'Sections' }).waitFor({ timeout: 60_000 })
    return page
  }

  async close(): Promise<void> {
    await this.kill()
    await this.#remove()
  }
}

/** Asks the service as whoever is signed in on a page. */
export async function asked<T>(
  page: Page,
  path: string,
  { method, body }: { readonly method?: string; readonly body?: unknown } = {},
): Promise<{ readonly status: number; readonly body: T }> {
  const init = {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  }
  const given = JSON.stringify([path, init])
  return page.evaluate(
    `(async () => {
      const answer = await fetch(...${given})
      return { status: answer.status, body: answer.status === 204 ? {} : await answer.json() }
    })()`,
  )
}

const TABS_MAX = 80

/** Goes on with Tab, as somebody without a mouse does, to what has a name or a selector. */
export async function tabTo(page: Page, to: { readonly name?: RegExp; readonly at?: string }): Promise<void> {
  const test = to.at === undefined ? `(${String(to.name)}).test(one.textContent)` : `one.matches('${to.at}')`
  for (let count = 0; count < TABS_MAX; count++) {
    await page.keyboard.press('Tab')
    const isThere = await page.evaluate(
      `(() => { const one = document.activeElement; return one !== null && one !== document.body && ${test} })()`,
    )
    if (isThere) return
  }
  throw new Error(`Tab leads nowhere to ${to.at ?? String(to.name)}`)
}
