/** Every page, as whoever it is for, light and dark, wide and narrow: axe finds nothing wrong, nothing is cut off sideways. */
import type { Page } from 'playwright-core'
import { afterAll, it as always, beforeAll, describe, expect } from 'vitest'
import type { Role } from '#terms/people'
import { HAS_BROWSER, kept, openBrowser, wrongOn } from '../support/browser.ts'
import { asked, Demonstration, tabTo } from '../support/demonstration.ts'

const it = always.skipIf(!HAS_BROWSER)
const WIDE = { width: 1280, height: 800 }
/** Also what a window of 1280 points is at 200 %. */
const NARROW = { width: 640, height: 800 }

let desk: Demonstration
let chromium: Awaited<ReturnType<typeof openBrowser>>
beforeAll(async () => {
  if (!HAS_BROWSER) return
  ;[desk, chromium] = await Promise.all([Demonstration.open(), openBrowser()])
}, 180_000)
afterAll(async () => {
  await chromium?.close()
  await desk?.close()
})

/** What may wait to be there is there: nothing is on its way any more. */
async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor({ timeout: 30_000 })
  await page.waitForLoadState('networkidle')
}

/** The colours are those of the scheme, and none is on its way from the other. */
async function recoloured(page: Page, scheme: 'light' | 'dark'): Promise<void> {
  const shown = () => page.evaluate('document.documentElement.dataset.mantineColorScheme ?? null')
  await expect.poll(shown).toSatisfy((one: unknown) => one === null || one === scheme)
  await page.evaluate(`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    .then(() => Promise.all(document.getAnimations().map((one) => one.finished)))`)
}

/** Looks at a page in each form, and keeps its picture. */
async function look(page: Page, name: string): Promise<void> {
  for (const [form, viewport] of [
    ['wide', WIDE],
    ['narrow', NARROW],
  ] as const) {
    await page.setViewportSize(viewport)
    await settled(page)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await recoloured(page, colorScheme)
      expect(await wrongOn(page), `${name}, ${form}, ${colorScheme}`).toEqual([])
    }
    const width = await page.evaluate('document.documentElement.scrollWidth')
    expect(width, `${name}, ${form}: sideways`).toBeLessThanOrEqual(viewport.width)
    await kept(page, `${name}-${form}`)
  }
  await page.setViewportSize(WIDE)
}

/** The addresses that each role is shown here; between them every page of the desk. */
const SHOWN: Readonly<Partial<Record<Role, readonly string[]>>> = {
  supervisor: ['/queue', '/board', '/lists', '/exposure', '/settings'],
  administrator: ['/people', '/people/authorities', '/people/recipients', '/ledger'],
  auditor: ['/audit', '/board'],
}

describe('every page is whole, light and dark, wide and narrow', () => {
  for (const [role, addresses] of Object.entries(SHOWN) as [Role, readonly string[]][])
    it(`as ${role}`, async () => {
      const page = await desk.enter(chromium.browser, role)
      for (const address of addresses) {
        await page.goto(`${desk.address}${address}`)
        await look(page, `${role}${address.replaceAll('/', '-')}`)
        await tabTo(page, { name: /child at risk now/i }) // one press from every page
      }
      await page.context().close()
    }, 180_000)

  it('as analyst: a case, its story, and its review before anything is shown', async () => {
    const page = await desk.enter(chromium.browser, 'analyst')
    const next = await asked<{ number: string }>(page, '/v1/cases/next', { body: {} })
    for (const [name, address] of [
      ['case', `/cases/${next.body.number}`],
      ['review', `/cases/${next.body.number}/review`],
      ['nowhere', '/cases/0000-0000'],
    ] as const) {
      await page.goto(`${desk.address}${address}`)
      await look(page, `analyst-${name}`)
    }
    await page.context().close()
  }, 180_000)

  it('as a steward: a list with its growth', async () => {
    const page = await desk.enter(chromium.browser, 'steward')
    await page.goto(`${desk.address}/lists`)
    await settled(page)
    await page.getByRole('main').getByRole('table').getByRole('link').first().click()
    await look(page, 'steward-list')
    await page.context().close()
  }, 120_000)
})

describe('what is open to everybody', () => {
  it.each([
    ['report', '/report'],
    ['outcome', '/report/outcome'],
  ])(
    '%s: the same without script',
    async (name, address) => {
      const context = await chromium.browser.newContext({ viewport: WIDE })
      const page = await context.newPage()
      await page.goto(`${desk.address}${address}`)
      await look(page, `public-${name}`)
      const bare = await chromium.browser.newContext({ viewport: WIDE, javaScriptEnabled: false })
      const without = await bare.newPage()
      await without.goto(`${desk.address}${address}`)
      expect(await without.locator('body').textContent()).toBe(await page.locator('body').textContent())
      await context.close()
      await bare.close()
    },
    60_000,
  )

  it('sign-in', async () => {
    const context = await chromium.browser.newContext({ viewport: WIDE })
    const page = await context.newPage()
    await page.goto(`${desk.address}/sign-in`)
    await look(page, 'sign-in')
    await context.close()
  }, 60_000)
})
