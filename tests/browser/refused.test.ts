/** Refused views in a browser: who may not look sees nothing, is told why in plain words, and it is on record. */
import type { Page } from 'playwright-core'
import { afterAll, it as always, beforeAll, describe, expect } from 'vitest'
import { asFile } from '#scenes/edit'
import { scene } from '#scenes/scene'
import { allocate } from '#store/allocations'
import { recordConflict } from '#store/conflicts'
import { openingsOf } from '#store/opening-records'
import { latestRefusals } from '#store/refusals'
import type { CaseItem } from '#terms/casework'
import type { Person, Role } from '#terms/people'
import { HAS_BROWSER, kept, openBrowser, pageOf } from '../support/browser.ts'
import { asked } from '../support/demonstration.ts'
import { ReviewRoom } from '../support/review-room.ts'
import { Answers } from '../support/seen.ts'

const it = always.skipIf(!HAS_BROWSER)
const LEVELS = ['thumbnail', 'blurred', 'region', 'full'] as const
const REGION = { left: 0, top: 0, width: 100, height: 100 }
const PURPOSES = ['assess', 'second-review', 'investigate', 'integrity', 'training'] as const
/** Roles that see no picture, and the words of the door for them. */
const SEEING_NONE: readonly Role[] = [
  ...(['administrator', 'it-responder', 'steward', 'auditor'] as const),
  ...(['safeguarding-lead', 'approving-senior-officer'] as const),
]

let room: ReviewRoom
let chromium: Awaited<ReturnType<typeof openBrowser>>
let number: string
let items: readonly CaseItem[]
beforeAll(async () => {
  if (!HAS_BROWSER) return
  const { bytes } = await asFile(scene(31, 640, 480))
  ;[room, chromium] = await Promise.all([ReviewRoom.open(), openBrowser()])
  ;({ number, items } = await room.waitingCase([
    { bytes },
    { bytes: (await asFile(scene(32, 640, 480))).bytes },
  ]))
})
afterAll(async () => {
  await chromium?.close()
  await room?.close()
})

const itemOf = (at = 0) => items[at]?.item ?? 'e-none'

interface Here {
  readonly page: Page
  readonly person: Person
  readonly answers: Answers
}

async function here(role: Role): Promise<Here> {
  const { person, token } = await room.signedIn(role)
  const page = await pageOf(chromium.browser, { address: room.address, token })
  return { page, person, answers: new Answers(page) }
}

/** Asks for a view as a page would. */
const asksToSee = (page: Page, more: object = {}) =>
  asked<{ detail: string }>(page, '/v1/viewings', {
    body: { item: itemOf(), level: 'thumbnail', purpose: 'assess', case: number, ...more },
  })

/** Why somebody was refused, as the ledger has it. */
async function refusalsOf({ id }: Person): Promise<{ act: string; because: string; on?: string }[]> {
  return (await latestRefusals(room.database)).filter(({ by }) => by === id)
}

async function viewingsOf({ id }: Person) {
  const all = await Promise.all(items.flatMap(({ item }) => (item ? [openingsOf(room.database, item)] : [])))
  return all.flat().filter((one) => one.person === id && one.kind === 'viewing')
}

/** Nothing was shown, and nothing came that could have been. */
async function sawNothing({ page, person, answers }: Here): Promise<void> {
  expect(answers.count).toBeGreaterThan(0)
  expect(await answers.pictures()).toEqual([])
  expect(await page.locator('canvas, main img:not([src="/mark.svg"]), video').count()).toBe(0)
  expect((await viewingsOf(person)).filter(({ releasedAt }) => releasedAt !== undefined)).toEqual([])
}

describe('somebody whose role sees no picture', () => {
  it.each(SEEING_NONE)('sees none as %s on any page, also with the case in hand', async (role) => {
    const one = await here(role)
    const { page, person } = one
    // Also where somebody gave them the case: it is the role that keeps it shut.
    const signed = { actor: 'operator:test', at: room.now() } as const
    await room.database.transaction((tx) => allocate(tx, number, person.id, signed))
    await page.goto(`${room.address}/settings`)
    const sections = page.getByRole('navigation', { name: 'Sections' }).getByRole('link')
    await sections.first().waitFor()
    for (const section of await sections.all()) {
      await section.click()
      await page.waitForURL(new RegExp(`${await section.getAttribute('href')}$`))
      await page.locator('main h1').first().waitFor()
    }
    for (const place of [`/cases/${number}/review`, `/cases/${number}`]) {
      await page.goto(`${room.address}${place}`)
      await page.locator('main h1, main [role="alert"]').first().waitFor()
    }
    expect(await page.getByRole('button', { name: /Take it up|Open:|Show/ }).count()).toBe(0)
    await kept(page, `refused-${role}`)
    for (const level of LEVELS)
      for (const purpose of PURPOSES) {
        const answer = await asksToSee(page, {
          level,
          purpose,
          ...(level === 'region' && { region: REGION }),
        })
        expect(answer).toMatchObject({
          status: 403,
          body: { detail: expect.stringMatching(/^refused: .+ \(.+, r-/) },
        })
      }
    await sawNothing(one)
    const views = (await refusalsOf(person)).filter(({ act }) => act === 'view')
    expect(views).toHaveLength(LEVELS.length * PURPOSES.length)
    expect(new Set(views.map(({ on }) => on))).toEqual(new Set([`item:${itemOf()}`]))
    await page.context().close()
  })

  it('is told why on the page of a case, and is not offered what would be refused', async () => {
    const { page } = await here('administrator')
    await page.goto(`${room.address}/cases/${number}`)
    const told = page.getByRole('alert')
    await told.waitFor()
    expect(await told.textContent()).toContain('no role of yours may do this')
    expect(await page.getByRole('button', { name: 'Take it up' }).count()).toBe(0)
    await page.context().close()
  })
})

describe('an analyst', () => {
  /** An analyst at the review of the case, which is theirs. */
  async function reviewing(): Promise<Here> {
    const one = await here('analyst')
    await room.claim(one.person, number)
    await one.page.goto(`${room.address}/cases/${number}/review`)
    await one.page.getByRole('heading', { name: 'Grade' }).waitFor()
    return one
  }

  async function refusedOnThePage(one: Here, words: string): Promise<void> {
    await one.page.keyboard.press('o')
    const told = one.page.getByRole('alert').filter({ hasText: words })
    await told.waitFor()
    await kept(one.page, `refused-${words.replaceAll(' ', '-')}`)
    await sawNothing(one)
  }

  it('sees nothing of what a written authority must cover, without one', async () => {
    const one = await reviewing()
    const answer = await asksToSee(one.page, { purpose: 'training' })
    const words = expect.stringContaining('no written authority that is in force covers it')
    expect(answer).toMatchObject({ status: 403, body: { detail: words } })
    await sawNothing(one)
    expect(await refusalsOf(one.person)).toMatchObject([{ act: 'view', because: 'no-authority' }])
    expect((await asked(one.page, `/v1/cases/${number}/release`, { body: {} })).status).toBe(200)
    await one.page.context().close()
  })

  it('sees nothing of a case in which they have a conflict of interest, also one that came to be known late', async () => {
    const one = await reviewing()
    const signed = { actor: 'operator:test', at: room.now() } as const
    await room.database.transaction((tx) =>
      recordConflict(tx, one.person.id, { kind: 'case', id: number }, signed),
    )
    await refusedOnThePage(one, 'a conflict of interest is on record')
    expect(await refusalsOf(one.person)).toMatchObject([{ act: 'view', because: 'conflict-of-interest' }])
    await one.page.context().close()
  })

  it('sees nothing of a case that is another’s, nor of an item that is not part of their own', async () => {
    const other = await room.waitingCase([{ bytes: (await asFile(scene(33, 640, 480))).bytes }])
    const owner = await here('analyst')
    await room.claim(owner.person, other.number)
    const one = await here('analyst')
    await one.page.goto(`${room.address}/cases/${other.number}/review`)
    await one.page.locator('main h1, main [role="alert"]').first().waitFor()
    const theirs = other.items[0]?.item
    for (const more of [
      { item: theirs, case: other.number },
      { item: theirs, case: number },
    ])
      expect(await asksToSee(one.page, more)).toMatchObject({
        status: 403,
        body: { detail: expect.stringContaining('the case is not allocated to you') },
      })
    await sawNothing(one)
    const views = (await refusalsOf(one.person)).filter(({ act }) => act === 'view')
    expect(views.map(({ because }) => because)).toEqual(['not-allocated', 'not-allocated'])
    for (const { page } of [owner, one]) await page.context().close()
  })

  it('sees nothing once they opted out, and is asked for no reason', async () => {
    const mine = await room.waitingCase([{ bytes: (await asFile(scene(34, 640, 480))).bytes }])
    const one = await here('analyst')
    await room.claim(one.person, mine.number)
    await one.page.goto(`${room.address}/exposure`)
    await one.page.getByRole('switch', { name: 'Show me no picture at all' }).click()
    await one.page.getByRole('table', { name: 'What you opted out of' }).waitFor()
    await one.page.goto(`${room.address}/cases/${mine.number}/review`)
    await one.page.getByRole('heading', { name: 'Grade' }).waitFor()
    await refusedOnThePage(one, 'you opted out of this')
    await one.page.context().close()
  })
})
