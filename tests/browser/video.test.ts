/** Videos in a browser: a strip of stills or seconds of them, silent, never playing; what was seen is on record. */
import type { Page } from 'playwright-core'
import { afterAll, it as always, beforeAll, describe, expect } from 'vitest'
import { openingsOf } from '#store/opening-records'
import { framesGranted } from '#store/viewings'
import type { CaseItem } from '#terms/casework'
import { HAS_BROWSER, kept, openBrowser, pageOf, pixelsOf } from '../support/browser.ts'
import { ReviewRoom } from '../support/review-room.ts'
import { Answers } from '../support/seen.ts'
import { HAS_FFMPEG, videoOf } from '../support/video.ts'

const it = always.skipIf(!(HAS_BROWSER && HAS_FFMPEG))
/** Of each second. */
const GREYS = [20, 60, 100, 140, 180, 220] as const
const APART_MAX = 14

let room: ReviewRoom
let chromium: Awaited<ReturnType<typeof openBrowser>>
let page: Page
let answers: Answers
let items: readonly CaseItem[]
let person: string
beforeAll(async () => {
  if (!HAS_BROWSER || !HAS_FFMPEG) return
  ;[room, chromium] = await Promise.all([ReviewRoom.open(), openBrowser()])
  const waiting = await room.waitingCase([{ bytes: videoOf('mp4', GREYS) }])
  items = waiting.items
  const analyst = await room.signedIn('analyst')
  person = analyst.person.id
  await room.claim(analyst.person, waiting.number)
  page = await pageOf(chromium.browser, { address: room.address, token: analyst.token })
  answers = new Answers(page)
  await page.goto(`${room.address}/cases/${waiting.number}/review`)
  await page.getByRole('heading', { name: 'Grade' }).waitFor()
})
afterAll(async () => {
  await chromium?.close()
  await room?.close()
})

/** Nothing on the page could play or sound, and nothing came that could. */
async function isStill(): Promise<void> {
  expect(await page.locator('video, audio, embed, object, iframe, img[src$=".gif"]').count()).toBe(0)
  expect(
    await page.evaluate("document.querySelector('#stage').getAnimations({ subtree: true }).length"),
  ).toBe(0)
  expect((await answers.types()).filter((type) => /^(?:video|audio)\//.test(type))).toEqual([])
}

/** The grey of each still that is on the screen, with its time. */
async function stills(): Promise<(readonly [time: string | null, grey: number])[]> {
  const figures = await page.locator('#stage figure').all()
  return Promise.all(
    figures.map(async (figure) => {
      const { data } = await pixelsOf(await figure.locator('canvas').screenshot({ animations: 'disabled' }))
      const grey = data.reduce((sum, one) => sum + one, 0) / data.length
      return [await figure.locator('figcaption').textContent(), grey] as const
    }),
  )
}

async function lastViewing() {
  const [item] = items
  const all = item?.item ? await openingsOf(room.database, item.item) : []
  return all.findLast((one) => one.kind === 'viewing' && one.person === person)
}

async function shown(count: number): Promise<void> {
  await page.keyboard.press('o')
  await page.getByText('ready, and hidden').waitFor()
  expect(await page.locator('canvas').count()).toBe(0)
  await isStill()
  await page.keyboard.press('t')
  await expect.poll(() => page.locator('canvas[data-drawn]').count(), { timeout: 30_000 }).toBe(count)
}

describe.sequential('a video in the review', () => {
  it('shows nothing by itself, and says that it is silent and never plays', async () => {
    await page.getByText('Silent, and never plays.').waitFor()
    await page.locator('#stage').hover()
    for (let count = 0; count < 12; count++) await page.keyboard.press('Tab')
    expect(await page.locator('canvas').count()).toBe(0)
    await isStill()
    expect(await lastViewing()).toBeUndefined()
  })

  it('is a strip of stills, each with its time, that stand', async () => {
    await shown(6)
    const strip = await stills()
    await isStill()
    expect(strip.map(([time]) => time)).toEqual(strip.map(([time]) => time).toSorted())
    for (const [time, grey] of strip) {
      const second = Number(time?.split(':').at(-1))
      expect(Math.abs(grey - (GREYS[Math.floor(second)] ?? 0)), `${time}`).toBeLessThan(APART_MAX)
    }
    await kept(page, 'video-strip')
    await page.keyboard.press('d')
    await page.getByText('You were done.').waitFor()
    await page.getByText('It lasts 0:06.').waitFor()
  })

  it('is the seconds that were asked for, and no other', async () => {
    await page.getByLabel('Of the video').selectOption('seconds')
    await page.getByLabel('From second').fill('2')
    await page.getByLabel('To second').fill('4')
    await page.getByRole('heading', { name: 'Looking' }).click()
    await shown(2)
    const [two, three, ...more] = await stills()
    expect([two?.[0], three?.[0], more]).toEqual(['0:02', '0:03', []])
    await kept(page, 'video-seconds')
    await page.keyboard.press('d')
    await page.getByText('You were done.').waitFor()
  })

  it('leaves on record which stills were seen, at which level and for how long; the grade rests on that', async () => {
    const [item] = items
    const all = item?.item ? await openingsOf(room.database, item.item) : []
    const views = all.filter((one) => one.kind === 'viewing')
    const frames = await Promise.all(views.map(({ id }) => framesGranted(room.database, id)))
    expect(frames).toEqual([
      { kind: 'strip', frames: 6 },
      { kind: 'seconds', from: 2, until: 4 },
    ])
    expect(views.map(({ level }) => level)).toEqual(['thumbnail', 'blurred'])
    for (const one of views)
      expect(one).toMatchObject({ ending: 'complete', seenMilliseconds: expect.any(Number) })
    await page.keyboard.press('1')
    await page.getByRole('button', { name: /^Grade .+, on the basis: thumbnail/ }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Receipt' }).waitFor()
    await page.getByRole('cell', { name: 'thumbnail' }).waitFor()
    expect(await answers.pictures()).toHaveLength(2)
  })
})
