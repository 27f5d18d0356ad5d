/** The review in a browser: what is on the screen is no more than was opened, and a case is worked by keys alone. */
import type { BrowserContextOptions, Locator, Page } from 'playwright-core'
import { afterAll, it as always, beforeAll, describe, expect } from 'vitest'
import { asFile } from '#scenes/edit'
import { scene } from '#scenes/scene'
import { openingsOf } from '#store/opening-records'
import type { CaseItem } from '#terms/casework'
import {
  colouredShare,
  detailOf,
  HAS_BROWSER,
  kept,
  meanApart,
  openBrowser,
  pageOf,
  pixelsOf,
  screenOf,
  wrongOn,
} from '../support/browser.ts'
import { type ItemGiven, ReviewRoom } from '../support/review-room.ts'

const it = always.skipIf(!HAS_BROWSER)
const [WIDTH, HEIGHT] = [640, 480]
const SCREEN = { width: 1280, height: 900 }
/** As the browser shows it at 200 %. */
const LARGE = { deviceScaleFactor: 2, viewport: { width: 1000, height: 800 } }
const LEVELS = ['thumbnail', 'blurred', 'region', 'full'] as const
/** What the page asks for: the middle of the picture. */
const REGION = { left: WIDTH / 4, top: HEIGHT / 4, width: WIDTH / 2, height: HEIGHT / 2 }

let room: ReviewRoom
let chromium: Awaited<ReturnType<typeof openBrowser>>
let files: readonly Buffer[]
beforeAll(async () => {
  if (!HAS_BROWSER) return
  const made = [1, 2, 3, 4].map(async (seed) => (await asFile(scene(seed, WIDTH, HEIGHT))).bytes)
  ;[room, chromium, files] = await Promise.all([ReviewRoom.open(), openBrowser(), Promise.all(made)])
})
afterAll(async () => {
  await chromium?.close()
  await room?.close()
})

function file(at: number): Buffer {
  return files[at] ?? Buffer.alloc(0)
}

/** Somebody at the review of a case that they took up. */
async function reviewing(given: readonly ItemGiven[], options: BrowserContextOptions = {}) {
  const { number, items } = await room.waitingCase(given)
  return { number, items, ...(await reviewOf(number, 'analyst', options)) }
}

async function reviewOf(number: string, role: 'analyst' | 'reviewer', options: BrowserContextOptions = {}) {
  const { person, token } = await room.signedIn(role)
  await room.claim(person, number)
  const page = await pageOf(
    chromium.browser,
    { address: room.address, token },
    { viewport: SCREEN, ...options },
  )
  await page.goto(`${room.address}/cases/${number}/review`)
  await page.getByRole('heading', { name: 'Grade' }).waitFor()
  return { page, person: person.id }
}

const canvases = (page: Page): Promise<number> => page.locator('canvas').count()
const drawn = (page: Page): Locator => page.locator('canvas[data-drawn]')

const renderings = new Map<string, Promise<Buffer>>()

/** What the service renders at a level. */
function rendered(level: (typeof LEVELS)[number]): Promise<Buffer> {
  const had = renderings.get(level)
  if (had) return had
  const asked = { level, screen: SCREEN, ...(level === 'region' && { region: REGION }) }
  const made = room.decoders.render(file(0), asked).then((rendering) => {
    if (rendering.kind !== 'rendered') throw new Error(rendering.because)
    return rendering.bytes
  })
  renderings.set(level, made)
  return made
}

/** What somebody looked at, in its order. */
async function viewingsOf(items: readonly CaseItem[], person: string) {
  const all = await Promise.all(items.flatMap(({ item }) => (item ? [openingsOf(room.database, item)] : [])))
  const theirs = all.flat().filter((one) => one.kind === 'viewing' && one.person === person)
  return theirs.toSorted((a, b) => a.grantedAt.localeCompare(b.grantedAt))
}

describe('what is on the screen', () => {
  let page: Page
  let person: string
  let items: readonly CaseItem[]
  beforeAll(async () => {
    if (!HAS_BROWSER) return
    ;({ page, person, items } = await reviewing([{ bytes: file(0) }], LARGE))
  })
  afterAll(() => page?.context().close())

  it('is no picture before somebody presses a key or a button for it', async () => {
    await page.locator('#stage').hover()
    await page.mouse.wheel(0, 300)
    for (let count = 0; count < 12; count++) await page.keyboard.press('Tab')
    await page.locator('#item').focus()
    expect([await canvases(page), await viewingsOf(items, person)]).toEqual([0, []])
    expect(await page.getByRole('button', { name: 'Whole picture' }).isEnabled()).toBe(false)
  })

  it.each(LEVELS)(
    'is what the service rendered as %s, also enlarged and on the full screen',
    async (level) => {
      await page.keyboard.press('o')
      await page.getByText('ready, and hidden').waitFor()
      expect(await canvases(page)).toBe(0)
      await page.keyboard.down('v')
      await drawn(page).waitFor()
      await kept(page, `review-${level}`)
      await holdsNoMore(page, level)
      await page.keyboard.up('v')
      expect(await canvases(page)).toBe(0)
      await page.keyboard.press('t')
      await page.keyboard.press('f')
      await page.waitForFunction('document.fullscreenElement !== null')
      await drawn(page).waitFor()
      await holdsNoMore(page, level)
      await page.evaluate('document.exitFullscreen()')
      await expect.poll(() => canvases(page)).toBe(0)
    },
  )

  it('is not on paper: neither printed nor in a file', async () => {
    await shownAgain(page, 'Whole picture')
    await page.emulateMedia({ media: 'print' })
    expect(await drawn(page).isVisible()).toBe(false)
    expect(await page.getByText('It is not printed').isVisible()).toBe(true)
    expect(colouredShare(await pixelsOf(await page.screenshot()))).toBeLessThan(0.02)
    expect(/\/Subtype\s*\/Image/.test((await page.pdf()).toString('latin1'))).toBe(false)
    await page.emulateMedia({ media: 'screen' })
    await expect.poll(() => canvases(page)).toBe(0)
  })

  it.each([
    ['Esc', () => page.keyboard.press('Escape')],
    ['leaving the window', () => page.evaluate("window.dispatchEvent(new Event('blur'))")],
    ['a minute without a sign of anybody', () => page.clock.fastForward(61_000)],
    ['leaving the page', () => page.goto(`${room.address}/queue`)],
  ] as const)('is gone after %s, and the viewing has ended as turned away from', async (how, leave) => {
    if (how.startsWith('a minute')) await page.clock.install()
    await shownAgain(page, 'Whole picture')
    const clip = (await drawn(page).boundingBox()) ?? { x: 0, y: 0, width: 1, height: 1 }
    const canvas = await drawn(page).elementHandle()
    expect(colouredShare(await pixelsOf(await page.screenshot({ clip })))).toBeGreaterThan(0.3)
    await leave()
    await expect.poll(() => canvases(page)).toBe(0)
    expect(colouredShare(await pixelsOf(await page.screenshot({ clip })))).toBeLessThan(0.02)
    const isHere = page.url().endsWith('/review')
    if (isHere) expect(await (await canvas?.getProperty('width'))?.jsonValue()).toBe(0)
    const last = async () => (await viewingsOf(items, person)).at(-1)
    await expect.poll(async () => (await last())?.ending, { timeout: 10_000 }).toBe('abandoned')
    expect((await last())?.isWhole).toBe(false)
  })
})

/** Shows again what was on the screen before. */
async function shownAgain(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name }).click()
  await page.getByText('ready, and hidden').waitFor()
  await page.keyboard.press('t')
  await drawn(page).waitFor()
}

/** What is on the screen is the rendering, drawn larger; of a filtered one far from what the picture itself holds. */
async function holdsNoMore(page: Page, level: (typeof LEVELS)[number]): Promise<void> {
  const shown = await screenOf(drawn(page))
  const larger = await pixelsOf(await rendered(level), shown)
  expect(meanApart(shown, larger)).toBeLessThan(6)
  expect(detailOf(shown)).toBeLessThan(detailOf(larger) * 1.3 + 1)
  if (level === 'region' || level === 'full') return
  expect(meanApart(shown, await pixelsOf(file(0), shown))).toBeGreaterThan(meanApart(shown, larger) * 2)
}

const MATCH: NonNullable<ItemGiven['matches']>[number] = {
  ...{ list: 'partner', entry: 7, trust: 'confirmed', basis: 'pdq', distance: 6 },
  categories: { 'uk-sentencing': ['B'] },
}

describe('a case', () => {
  it('is graded by keys alone and without a picture; what was given last is taken back', async () => {
    const { items, page, person } = await reviewing([
      { bytes: file(0), outcome: 'near', matches: [MATCH] },
      { bytes: file(1) },
      { bytes: file(2), stackOf: 1 },
      { bytes: file(3), outcome: 'same', matches: [{ ...MATCH, basis: 'sha256' }] },
    ])
    expect(await page.getByText('1 item is known by the same file').isVisible()).toBe(true)
    expect(await wrongOn(page)).toEqual([])
    await page.keyboard.press('2')
    expect(await page.getByText('3 of 3 to grade').isVisible()).toBe(true) // a digit gives nothing
    await page.getByRole('button', { name: 'Grade B, on the basis: hash' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('2 of 3 to grade').waitFor()
    await page.keyboard.press('Shift+Digit3')
    await page.getByRole('button', { name: 'Grade 2 as C, on the basis: hash' }).waitFor()
    await kept(page, 'review-stack')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Receipt' }).waitFor()
    expect(await page.getByText('waits for a second person').isVisible()).toBe(true)
    await kept(page, 'review-receipt')
    expect(await wrongOn(page)).toEqual([])
    await page.keyboard.press('u')
    await page.getByText('2 of 3 to grade').waitFor() // the stack went as it came
    expect(await viewingsOf(items, person)).toEqual([])
    await page.context().close()
  })

  it('shows a second person nothing of the first grade before their own', async () => {
    const given = [{ bytes: file(0), outcome: 'near', matches: [MATCH] }] as const
    const { number, page } = await reviewing(given)
    await page.keyboard.press('1')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Receipt' }).waitFor()
    await page.context().close()
    const second = await reviewOf(number, 'reviewer', { colorScheme: 'dark' })
    const answers: string[] = []
    second.page.on('response', async (answer) => answers.push(await answer.text().catch(() => '')))
    await second.page.goto(`${room.address}/cases/${number}`)
    await second.page.getByRole('cell', { name: 'not shown before yours' }).waitFor()
    await kept(second.page, 'case-second')
    expect(await wrongOn(second.page)).toEqual([])
    expect(answers.filter((text) => text.includes('"category":"A"'))).toEqual([])
    await second.page.keyboard.press('r')
    await second.page.getByRole('heading', { name: 'Grade' }).waitFor()
    await second.page.keyboard.press('1')
    await second.page.keyboard.press('Enter')
    await second.page.getByText('became an entry').waitFor()
    expect(await second.page.getByText('Nothing of this case waits').isVisible()).toBe(true)
    await kept(second.page, 'review-receipt-second')
    await second.page.context().close()
  })
})
