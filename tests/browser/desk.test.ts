/** The desk in a browser: from a public report to the next copy that is known by itself, and what comes in between. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, it as always, beforeAll, describe, expect, vi } from 'vitest'
import type { CaseTold, QueueTold, WholeCaseTold } from '#contract/desk'
import { asFile, edited } from '#scenes/edit'
import { scene } from '#scenes/scene'
import type { Role } from '#terms/people'
import { HAS_BROWSER, kept, openBrowser } from '../support/browser.ts'
import { asked, Demonstration, tabTo } from '../support/demonstration.ts'

const it = always.skipIf(!HAS_BROWSER)
const SLOWLY = { timeout: 60_000 }
const ADDRESS = 'https://somewhere.example.test/album/7'
const CODE = /[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){2}/
vi.setConfig({ testTimeout: 240_000 })
const made = scene(777_001, 320, 240)

let demonstration: Demonstration
let chromium: Awaited<ReturnType<typeof openBrowser>>
let browser: Browser
let key: string
beforeAll(async () => {
  if (!HAS_BROWSER) return
  ;[demonstration, chromium] = await Promise.all([Demonstration.open(), openBrowser()])
  browser = chromium.browser
  const scopes = 'match,detail,report'
  key = (await demonstration.run('key', 'create', '--name', 'platform', '--scope', scopes)).stdout.trim()
}, 300_000)
afterAll(async () => {
  await chromium?.close()
  await demonstration?.close()
})

const enter = (role: Role, place = 1): Promise<Page> => demonstration.enter(browser, role, place)
const whole = async (page: Page, number: string): Promise<WholeCaseTold> =>
  (await asked<WholeCaseTold>(page, `/v1/cases/${number}`)).body
const stateOf = async (page: Page, number: string) => (await whole(page, number)).case.state
const authorization = () => `Bearer ${key}`

/** Sends a file as a platform does. @returns the case's number */
async function reported(address: string, bytes: Buffer): Promise<string> {
  const form = new FormData()
  form.set('report', JSON.stringify({ kind: 'material', address }))
  form.set('file', new Blob([new Uint8Array(bytes)]), 'file')
  const headers = { authorization: authorization() }
  const answer = await fetch(`${demonstration.address}/v1/reports`, { method: 'POST', headers, body: form })
  const told = (await answer.json()) as { case: string }
  expect([answer.status, told]).toMatchObject([201, { case: expect.any(String) }])
  return told.case
}

async function verdictOf(bytes: Buffer): Promise<string> {
  const headers = { authorization: authorization(), 'content-type': 'application/octet-stream' }
  const body = new Uint8Array(bytes)
  const answer = await fetch(`${demonstration.address}/v1/match`, { method: 'POST', headers, body })
  return ((await answer.json()) as { verdict: string }).verdict
}

/** Takes a case up by keys alone. */
async function takeUp(page: Page, number: string): Promise<void> {
  await page.goto(`${demonstration.address}/cases/${number}`)
  await page.getByRole('heading', { name: number }).waitFor(SLOWLY)
  await tabTo(page, { name: /^Take it up$/ })
  await page.keyboard.press('Enter')
  await page.getByText('until it lapses').waitFor(SLOWLY)
  await page.keyboard.press('r')
  await page.getByRole('heading', { name: 'Grade', exact: true }).waitFor(SLOWLY)
}

/** Opens the smallest view; the key is pressed again where the page was not there yet to hear it. */
async function openLeast(page: Page): Promise<void> {
  const ready = page.getByText('ready, and hidden')
  const pressed = async (): Promise<boolean> => {
    if (await ready.isVisible()) return true
    await page.keyboard.press('o')
    return ready.waitFor({ timeout: 5000 }).then(
      () => true,
      () => false,
    )
  }
  await expect.poll(pressed, SLOWLY).toBe(true)
}

/** How many of how many are to be graded; nothing once the receipt is there. */
const toGrade = async (page: Page): Promise<string> =>
  (await page.getByText(/^\d+ of \d+ to grade$/).allTextContents()).join()

/** Grades every item of a case by keys alone: a picture on its smallest view, what has none on its words. */
async function gradeAll(page: Page, { picture, bare }: { picture: string; bare: string }): Promise<void> {
  const receipt = page.getByRole('heading', { name: 'Receipt' })
  for (let left = 60; left > 0 && !(await receipt.isVisible()); left--) {
    const before = await toGrade(page)
    const hasPicture = (await page.locator('#looking').count()) > 0
    if (hasPicture) {
      await openLeast(page)
      await page.keyboard.down('v')
      await page.locator('canvas[data-drawn]').waitFor(SLOWLY)
      await page.keyboard.up('v')
      expect(await page.locator('canvas').count()).toBe(0)
      await page.keyboard.press('d')
    }
    await page.keyboard.press(hasPicture ? picture : bare)
    await page.keyboard.press('Enter')
    const isOn = async () => (await receipt.isVisible()) || (await toGrade(page)) !== before
    await expect.poll(isOn, SLOWLY).toBe(true)
  }
  await receipt.waitFor(SLOWLY)
}

describe.sequential('the desk of a demonstration', () => {
  let number: string
  let supervisor: Page
  const votesSeen: unknown[] = []

  it('says on every page that it is one, and lets nobody in by a link that was used', async () => {
    supervisor = await enter('supervisor')
    await supervisor.getByText('Everything here is generated.').first().waitFor(SLOWLY)
    const again = await browser.newContext()
    const page = await again.newPage()
    await page.goto(`${demonstration.address}/sign-in`)
    await page.getByText('This is a demonstration').waitFor(SLOWLY)
    await kept(page, 'sign-in')
    const used = { token: `tud_${'A'.repeat(43)}` }
    const answer = await asked(page, '/v1/demonstration/sign-in', { body: used })
    expect(answer).toMatchObject({ status: 401 })
    await again.close()
  })

  it('takes a report from the public page by keys alone, and tells a reference once', async () => {
    const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage()
    await page.goto(`${demonstration.address}/report`)
    await kept(page, 'report')
    await page.locator('#address').focus()
    await page.keyboard.type(ADDRESS)
    await page.keyboard.press('Tab')
    await page.keyboard.type('An album with pictures that should not be there.')
    await page.locator('form button').focus()
    await page.keyboard.press('Enter')
    await page.getByText('Your reference').waitFor(SLOWLY)
    expect(await page.locator('.code').textContent()).toMatch(CODE)
    await kept(page, 'report-receipt')
    await page.context().close()
  })

  it('brings a file from the same address into the case that the report opened', async () => {
    const { bytes } = await asFile(made)
    number = await reported(ADDRESS, bytes)
    await expect.poll(async () => (await whole(supervisor, number)).reports.length, SLOWLY).toBe(2)
    const items = async () => (await whole(supervisor, number)).items.map(({ state }) => state).toSorted()
    await expect.poll(items, SLOWLY).toEqual(['none', 'unknown'])
    expect(await verdictOf((await edited(made, 'recompress', 0.3)).bytes)).toBe('none')
  })

  it('is worked by an analyst by keys alone, who sees no more than a small grey picture', async () => {
    const page = await enter('analyst')
    await takeUp(page, number)
    await gradeAll(page, { picture: '2', bare: '0' })
    await kept(page, 'receipt-analyst')
    expect(await stateOf(supervisor, number)).toBe('second')
    await page.context().close()
  })

  it('is confirmed by a reviewer who is not told what the analyst gave, and becomes an entry', async () => {
    const page = await enter('reviewer')
    page.on('response', async (response) => {
      if (!response.url().endsWith(`/v1/cases/${number}`)) return
      if (response.status() === 200) votesSeen.push(...((await response.json()) as WholeCaseTold).votes)
    })
    await takeUp(page, number)
    expect(votesSeen).not.toEqual([])
    expect(votesSeen.filter((vote) => 'grades' in (vote as object))).toEqual([])
    await gradeAll(page, { picture: '2', bare: '0' })
    await kept(page, 'receipt-reviewer')
    expect(await stateOf(supervisor, number)).toBe('decided')
    const entries = (await whole(supervisor, number)).items.flatMap(({ decision }) => decision?.entry ?? [])
    expect(entries).toEqual([{ list: 'own', entry: expect.any(Number) }])
    await page.context().close()
  })

  it('finds the next copy by itself, and asks nobody to look at the same file again', async () => {
    const changed = (await edited(made, 'recompress', 0.3)).bytes
    await expect.poll(() => verdictOf(changed), { timeout: 5000, interval: 100 }).toBe('match')
    const closing = { body: { because: 'Graded and entered.' } }
    expect((await asked(supervisor, `/v1/cases/${number}/close`, closing)).status).toBe(200)
    const again = await reported('https://elsewhere.example.test/9', (await asFile(made)).bytes)
    expect(again).not.toBe(number)
    await expect.poll(() => stateOf(supervisor, again), SLOWLY).toBe('decided')
    const { items, case: one } = await whole(supervisor, again)
    expect(items.map(({ state }) => state)).toEqual(['known'])
    expect(one.claim).toBeUndefined()
  })

  it('tells the whole story in the ledger, which verifies', async () => {
    type Told = { events: { kind: string }[] }
    const { body } = await asked<Told>(supervisor, `/v1/cases/${number}/story`)
    const kinds = new Set(body.events.map(({ kind }) => kind))
    for (const kind of ['case.opened', 'case.joined', 'case.claimed', 'case-item.voted', 'case-item.decided'])
      expect(kinds).toContain(kind)
    const verified = await demonstration.run('ledger', 'verify')
    expect([verified.code, verified.stderr]).toEqual([0, expect.any(String)])
  })

  it('refuses a view to whoever does not have the case, and writes that down', async () => {
    const { items } = await whole(supervisor, number)
    const item = items.find((one) => one.item !== undefined)?.item
    const page = await enter('steward')
    const viewing = { item, level: 'thumbnail', purpose: 'assess', case: number }
    const answer = await asked<{ detail: string }>(page, '/v1/viewings', { body: viewing })
    expect(answer).toMatchObject({ status: 403, body: { detail: expect.stringContaining('no-role') } })
    const refusals = await demonstration.run('ledger', 'verify')
    expect(refusals.code).toBe(0)
    await page.context().close()
  })

  it('gives two analysts who ask at one moment two cases', async () => {
    const pages = await Promise.all([enter('analyst', 1), enter('analyst', 2)])
    await Promise.all(pages.map((page) => page.getByText('wait for a person').waitFor(SLOWLY)))
    await Promise.all(pages.map((page) => page.keyboard.press('n')))
    await Promise.all(pages.map((page) => page.waitForURL(/\/cases\/[^/]+$/, SLOWLY)))
    const [one, other] = pages.map((page) => page.url())
    expect(one).not.toBe(other)
    for (const page of pages) {
      const released = await asked(page, `/v1/cases${new URL(page.url()).pathname.slice(6)}/release`, {
        body: {},
      })
      expect(released.status).toBe(200)
      await page.context().close()
    }
  })

  it('shows no more once a budget is reached, and the case is handed over without a reason', async () => {
    const page = await enter('analyst', 2)
    const me = await asked<{ person: string }>(page, '/v1/session')
    const budget = { method: 'PUT', body: { units: 1 } }
    expect((await asked(supervisor, `/v1/people/${me.body.person}/budget`, budget)).status).toBe(204)
    const one = await withPictures(page)
    await takeUp(page, one)
    await page.keyboard.press('o')
    await page.getByRole('alert').filter({ hasText: 'people.refused' }).waitFor(SLOWLY)
    expect(await page.locator('canvas').count()).toBe(0)
    await kept(page, 'budget-reached')
    await page.keyboard.press('h')
    await page.getByRole('dialog').waitFor(SLOWLY)
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/queue$/, SLOWLY)
    await expect.poll(async () => (await whole(supervisor, one)).case.claim, SLOWLY).toBeUndefined()
    await page.context().close()
  })

  it('shows every page to those whom it is for, and keeps a picture of each where that is asked for', async () => {
    for (const [role, places] of PAGES) {
      const page = await enter(role)
      for (const place of places) {
        await page.goto(`${demonstration.address}${place.replace('NUMBER', number)}`)
        await page.getByRole('heading', { level: 1 }).first().waitFor(SLOWLY)
        expect(await page.getByText('This page could not be shown').count()).toBe(0)
        await kept(page, `desk${place.replaceAll('/', '-').replace('NUMBER', 'case')}`)
      }
      await page.context().close()
    }
  })
})

const PAGES: readonly (readonly [Role, readonly string[]])[] = [
  ['analyst', ['/queue', '/exposure', '/settings']],
  ['supervisor', ['/cases/NUMBER', '/board', '/people', '/lists', '/ledger', '/ledger/NUMBER', '/audit']],
]

/** A case that waits for an analyst and has pictures. */
async function withPictures(page: Page): Promise<string> {
  const { body } = await asked<QueueTold>(page, '/v1/queue?limit=100')
  const free = (one: CaseTold): boolean => one.state === 'waiting' && one.claim === undefined
  const found = body.cases.find(
    (one) => free(one) && (one.kind === 'referral' || one.kind === 'device') && !one.priority.atRisk,
  )
  if (!found) throw new Error('no case with pictures waits')
  return found.number
}
