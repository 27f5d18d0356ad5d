/** A day at the desk in a browser: ten cases by keys alone, and power cuts: what was acknowledged is there, once. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, it as always, beforeAll, describe, expect, vi } from 'vitest'
import type { CaseTold, QueueTold, WholeCaseTold } from '#contract/desk'
import { HAS_BROWSER, kept, openBrowser } from '../support/browser.ts'
import { asked, Demonstration } from '../support/demonstration.ts'

const it = always.skipIf(!HAS_BROWSER)
const SLOWLY = { timeout: 60_000 }
/** What the button says that gives a grade. */
const DRAFTED = /^Grade .+, on the basis/
vi.setConfig({ testTimeout: 300_000 })
const CASES = 10
/** States in which an item waits for an analyst. */
const OPEN = new Set(['near', 'none', 'unknown'])

let demonstration: Demonstration
let chromium: Awaited<ReturnType<typeof openBrowser>>
let browser: Browser
let analyst: Page
let supervisor: Page
beforeAll(async () => {
  if (!HAS_BROWSER) return
  ;[demonstration, chromium] = await Promise.all([Demonstration.open(), openBrowser()])
  browser = chromium.browser
  analyst = await demonstration.enter(browser, 'analyst')
  supervisor = await demonstration.enter(browser, 'supervisor')
}, 300_000)
afterAll(async () => {
  await chromium?.close()
  await demonstration?.close()
})

const lost = (page: Page) => page.getByText('The service cannot be reached', { exact: true })
const whole = async (number: string): Promise<WholeCaseTold> =>
  (await asked<WholeCaseTold>(supervisor, `/v1/cases/${number}`)).body

/** Everything ends at once, and begins again; the page is not touched. */
async function cut(meanwhile: () => Promise<void>): Promise<void> {
  await demonstration.cutPower()
  await lost(analyst).waitFor(SLOWLY)
  await meanwhile()
  await demonstration.start()
  await lost(analyst).waitFor({ state: 'detached', ...SLOWLY })
}

/** Takes up a case with pictures that nobody has, and goes to its review. @param pile how many its first pile has at least */
async function takeUp(pile = 1): Promise<string> {
  const { body } = await asked<QueueTold>(supervisor, '/v1/queue?limit=100')
  const isFree = (one: CaseTold): boolean => one.state === 'waiting' && one.claim === undefined
  for (const { number } of body.cases.filter(isFree)) {
    const { items } = await whole(number)
    const open = items.filter(({ item, state }) => item !== undefined && OPEN.has(state))
    if (!open.some((one) => open.filter(({ stack }) => stack === one.stack).length >= pile)) continue
    expect((await asked(analyst, `/v1/cases/${number}/claim`, { body: {} })).status).toBe(200)
    await analyst.goto(`${demonstration.address}/cases/${number}/review`)
    await analyst.getByRole('heading', { name: 'Grade', exact: true }).waitFor(SLOWLY)
    return number
  }
  throw new Error('no such case waits')
}

async function handOver(number: string): Promise<void> {
  expect((await asked(analyst, `/v1/cases/${number}/release`, { body: {} })).status).toBe(200)
}

/** How many of how many are to be graded; nothing once the receipt is there. */
const toGrade = async (page: Page): Promise<string> =>
  (await page.getByText(/^\d+ of \d+ to grade$/).allTextContents()).join()
const left = (): Promise<string> => toGrade(analyst)

/** Works one case to its receipt by keys alone. @returns how often something was looked at */
async function worked(page: Page): Promise<number> {
  await page.getByText('until it lapses').waitFor(SLOWLY)
  await page.keyboard.press('r')
  const receipt = page.getByRole('heading', { name: 'Receipt' })
  await page.getByRole('heading', { name: 'Grade', exact: true }).waitFor(SLOWLY)
  let looks = 0
  for (let left = 60; left > 0 && !(await receipt.isVisible()); left--) {
    const before = await toGrade(page)
    const hasPicture = (await page.locator('#looking').count()) > 0
    const isEnough = await page.getByText('The hash may be enough').isVisible()
    if (hasPicture && !isEnough) {
      await page.keyboard.press('o')
      await page.getByText('ready, and hidden').waitFor(SLOWLY)
      await page.keyboard.down('v')
      await page.locator('canvas[data-drawn]').waitFor(SLOWLY)
      await page.keyboard.up('v')
      await page.keyboard.press('d')
      looks++
    }
    // One decision for the whole stack, where there is one.
    await page.keyboard.press(hasPicture ? 'Shift+Digit2' : 'Digit0')
    await page.keyboard.press('Enter')
    const isOn = async () => (await receipt.isVisible()) || (await toGrade(page)) !== before
    await expect.poll(isOn, SLOWLY).toBe(true)
  }
  await receipt.waitFor(SLOWLY)
  return looks
}

describe.sequential('ten cases by keys alone', () => {
  const numbers: string[] = []

  it.each(['analyst', 'reviewer'] as const)(
    'are worked as %s, with one look at each stack at most',
    async (role) => {
      const page = role === 'analyst' ? analyst : await demonstration.enter(browser, role)
      const asks: string[] = []
      page.on('request', (one) => one.url().endsWith('/v1/viewings') && asks.push(one.url()))
      await page.getByText('wait for a person').waitFor(SLOWLY)
      const seen = { looks: 0, stacks: 0, items: 0 }
      for (let count = 0; count < CASES; count++) {
        await page.keyboard.press('n')
        const from = page.url()
        await page.waitForURL((url) => /\/cases\/[^/]+$/.test(url.pathname) && url.href !== from, SLOWLY)
        const number = page.url().split('/').at(-1) ?? ''
        const { items } = await whole(number)
        const open = items.filter(({ state }) => (role === 'analyst' ? OPEN.has(state) : state === 'voted'))
        const held = open.filter(({ item }) => item !== undefined)
        const looks = await worked(page)
        const stacks = new Set(held.map(({ stack }) => stack)).size
        expect(looks, number).toBeLessThanOrEqual(stacks)
        seen.looks += looks
        seen.stacks += stacks
        seen.items += held.length
        numbers.push(number)
        const after = await whole(number)
        expect(after.case.state, number).not.toBe(role === 'analyst' ? 'waiting' : 'second')
      }
      expect(asks).toHaveLength(seen.looks)
      expect(seen.looks).toBeLessThan(seen.items)
      await kept(page, `ten-${role}`)
      if (role === 'reviewer') await page.context().close()
    },
  )

  it('are told whole in the ledger page, each act under a signature', async () => {
    const number = numbers.at(-1) ?? ''
    await supervisor.goto(`${demonstration.address}/ledger/${number}`)
    await supervisor.getByRole('heading', { name: `The story of ${number}` }).waitFor(SLOWLY)
    const { body } = await asked<{ events: { kind: string; words: string }[] }>(
      supervisor,
      `/v1/cases/${number}/story`,
    )
    const kinds = body.events.map(({ kind }) => kind)
    for (const kind of ['case.opened', 'case.claimed', 'case-item.voted', 'case-item.decided'])
      expect(kinds, number).toContain(kind)
    expect(kinds.filter((kind) => kind === 'case.claimed').length).toBeGreaterThanOrEqual(2)
    for (const { words } of body.events)
      await supervisor.getByText(words, { exact: true }).first().waitFor(SLOWLY)
    const isProved = async (): Promise<boolean> => {
      await supervisor.reload()
      await supervisor
        .getByText(/proved$/)
        .first()
        .waitFor(SLOWLY)
      return supervisor.getByText('all proved').isVisible()
    }
    await expect.poll(isProved, SLOWLY).toBe(true)
    await kept(supervisor, 'story-of-a-case')
  })
})

describe.sequential('a power cut', () => {
  it('takes a picture off the screen at once, counts its whole time, and loses no draft without a word', async () => {
    const number = await takeUp()
    const before = await unitsToday()
    await analyst.keyboard.press('1')
    const drafted = analyst.getByRole('button', { name: DRAFTED })
    await drafted.waitFor(SLOWLY)
    await analyst.keyboard.press('o')
    await analyst.getByText('ready, and hidden').waitFor(SLOWLY)
    await analyst.keyboard.press('t')
    await analyst.locator('canvas[data-drawn]').waitFor(SLOWLY)
    await cut(async () => {
      expect(await analyst.locator('canvas').count()).toBe(0)
      await analyst.getByText('The service was lost.').waitFor(SLOWLY)
      await kept(analyst, 'service-lost')
    })
    const { units } = await unitsToday()
    // Nobody knows how long it was on the screen: the whole of its time is counted.
    expect(units).toBe(before.units + before.box)
    // The page goes on as it stood, with what was drafted, and asks before it is left with that.
    await drafted.waitFor(SLOWLY)
    const question = analyst.waitForEvent('dialog')
    void analyst.reload().catch(() => undefined)
    const dialogue = await question
    expect(dialogue.type()).toBe('beforeunload')
    await dialogue.dismiss()
    await drafted.waitFor(SLOWLY)
    await analyst.keyboard.press('u')
    await analyst.keyboard.press('o')
    await analyst.getByText('ready, and hidden').waitFor(SLOWLY)
    await analyst.keyboard.press('Escape')
    await handOver(number)
  })

  it('while a grade is on its way keeps the grade or the draft; given again it is there once', async () => {
    const number = await takeUp()
    const had = (await whole(number)).votes.length
    const at = await left()
    // What is sent reaches the service, and its answer nobody.
    await analyst.route('**/votes', async (route) => {
      await route.fetch()
      await demonstration.cutPower()
      await route.abort()
    })
    await analyst.keyboard.press('0')
    await analyst.keyboard.press('Enter')
    await lost(analyst).waitFor(SLOWLY)
    await analyst.unroute('**/votes')
    expect(await left()).toBe(at)
    await analyst.getByRole('button', { name: DRAFTED }).waitFor(SLOWLY)
    await demonstration.start()
    await lost(analyst).waitFor({ state: 'detached', ...SLOWLY })
    expect((await whole(number)).votes.length).toBe(had + 1)
    await analyst.keyboard.press('Enter')
    await expect.poll(async () => (await isOver(analyst)) || (await left()) !== at, SLOWLY).toBe(true)
    expect((await whole(number)).votes.length).toBe(had + 1)
    expect((await demonstration.run('ledger', 'verify')).code).toBe(0)
    await handOver(number)
  })

  it('while a whole stack is graded leaves all of it or nothing, and never an item twice', async () => {
    const number = await takeUp(2)
    const walk = analyst.getByRole('navigation', { name: 'Items of this case' })
    await walk
      .getByText(/^Stack of/)
      .first()
      .locator('xpath=..')
      .getByRole('button')
      .first()
      .click()
    await analyst.locator('#item').focus()
    await analyst.keyboard.press('Shift+Digit0')
    const button = analyst.getByRole('button', { name: /^Grade \d+ as/ })
    await button.waitFor(SLOWLY)
    const size = Number(/Grade (\d+)/.exec((await button.textContent()) ?? '')?.[1])
    const before = (await whole(number)).votes.length
    await analyst.keyboard.press('Enter')
    await demonstration.cutPower()
    await demonstration.start()
    await lost(analyst).waitFor({ state: 'detached', ...SLOWLY })
    const after = await whole(number)
    expect([0, size]).toContain(after.votes.length - before)
    const voted = new Set(after.votes.map(({ item }) => item))
    expect(after.items.filter(({ state, id }) => state === 'voted' && !voted.has(id))).toEqual([])
    if (await button.isVisible()) await analyst.keyboard.press('Enter')
    await expect.poll(async () => (await whole(number)).votes.length - before, SLOWLY).toBe(size)
    await handOver(number)
  })

  it('leaves a ledger that verifies, and nothing of the desk that does not follow from it', async () => {
    const { code, stdout, stderr } = await demonstration.run('ledger', 'verify')
    expect([code, `${stdout}${stderr}`]).toEqual([0, expect.any(String)])
  })
})

const isOver = (page: Page): Promise<boolean> => page.getByRole('heading', { name: 'Receipt' }).isVisible()

/** What looking cost the analyst today, and what the whole time of a thumbnail costs. */
async function unitsToday(): Promise<{ units: number; box: number }> {
  const { body } = await asked<{ units: number }>(analyst, '/v1/exposure/me')
  return { units: body.units, box: 5 }
}
