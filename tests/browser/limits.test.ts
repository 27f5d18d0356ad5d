/** Limits in a browser: a budget that is reached and what then follows, and two people who want one case. */
import type { Page } from 'playwright-core'
import { afterAll, it as always, beforeAll, describe, expect } from 'vitest'
import { asFile } from '#scenes/edit'
import { scene } from '#scenes/scene'
import { groundsOf, openingsOf } from '#store/opening-records'
import { latestRefusals } from '#store/refusals'
import { votesOn } from '#store/votes'
import type { CaseItem } from '#terms/casework'
import type { Person, Role } from '#terms/people'
import { HAS_BROWSER, kept, openBrowser, pageOf } from '../support/browser.ts'
import { asked } from '../support/demonstration.ts'
import { ReviewRoom } from '../support/review-room.ts'
import { Answers } from '../support/seen.ts'

const it = always.skipIf(!HAS_BROWSER)
/** Of a day, where nothing else is set; a thumbnail of a minute costs five, and two where it is put away at once. */
const BUDGET_UNITS = 3600
const NEAR_UNITS = 2900
const MINUTE_MILLISECONDS = 60_000
const SLOWLY = { timeout: 30_000 }

let room: ReviewRoom
let chromium: Awaited<ReturnType<typeof openBrowser>>
let files: readonly Buffer[]
beforeAll(async () => {
  if (!HAS_BROWSER) return
  const made = [41, 42, 43].map(async (seed) => (await asFile(scene(seed, 320, 240))).bytes)
  ;[room, chromium, files] = await Promise.all([ReviewRoom.open(), openBrowser(), Promise.all(made)])
})
afterAll(async () => {
  await chromium?.close()
  await room?.close()
})

interface Here {
  readonly page: Page
  readonly person: Person
  readonly answers: Answers
}

async function here(role: Role, place = '/queue'): Promise<Here> {
  const { person, token } = await room.signedIn(role)
  const page = await pageOf(chromium.browser, { address: room.address, token })
  const answers = new Answers(page)
  await page.goto(`${room.address}${place}`)
  await page.getByRole('navigation', { name: 'Sections' }).waitFor()
  return { page, person, answers }
}

/** Takes the first case of the queue up, and goes to its review, by keys. */
async function takeNext({ page }: Here, number: string): Promise<void> {
  await page.getByText('wait for a person').waitFor()
  await page.keyboard.press('n')
  await page.waitForURL(`**/cases/${number}`)
  await page.getByText('until it lapses').waitFor()
  await page.keyboard.press('r')
  await page.getByRole('heading', { name: 'Grade' }).waitFor()
}

async function look({ page }: Here): Promise<void> {
  await page.keyboard.press('o')
  await page.getByText('ready, and hidden').waitFor()
  await page.keyboard.down('v')
  await page.locator('canvas[data-drawn]').waitFor()
  await page.keyboard.up('v')
  await page.keyboard.press('d')
  await page.getByText('You were done.').waitFor()
}

async function refused({ page }: Here, words: string): Promise<void> {
  await page.keyboard.press('o')
  await page.getByRole('alert').filter({ hasText: words }).waitFor()
  expect(await page.locator('canvas').count()).toBe(0)
}

/** Viewings by somebody, the latest last. */
async function viewingsOf(items: readonly CaseItem[], { id }: Person) {
  const all = await Promise.all(items.flatMap(({ item }) => (item ? [openingsOf(room.database, item)] : [])))
  const theirs = all.flat().filter((one) => one.person === id && one.kind === 'viewing')
  return theirs.toSorted((a, b) => a.grantedAt.localeCompare(b.grantedAt))
}

/** By which declaration each of somebody's viewings was let through, the latest last. */
async function overridesOf(items: readonly CaseItem[], person: Person) {
  const all = await viewingsOf(items, person)
  const grounds = await Promise.all(all.map(({ id }) => groundsOf(room.database, id)))
  return grounds.map((one) => one['override'])
}

describe.sequential('a budget of exposure', () => {
  let first: Here
  let supervisor: Here
  let number: string
  let items: readonly CaseItem[]
  const trained = (exposureUnits: number) =>
    asked(supervisor.page, `/v1/people/${first.person.id}/training`, {
      body: { subject: 'induction', givenBy: 'a hotline', at: room.now().toISOString(), exposureUnits },
    })

  beforeAll(async () => {
    if (!HAS_BROWSER) return
    ;({ number, items } = await room.waitingCase(files.map((bytes) => ({ bytes }))))
    ;[first, supervisor] = await Promise.all([here('analyst'), here('supervisor', '/people')])
  })
  afterAll(async () => {
    for (const one of [first, supervisor]) await one?.page.context().close()
  })

  it('is near: that is said calmly, without a number, and nothing is kept from anybody', async () => {
    await first.page.getByText('Looking: plenty left today').waitFor()
    expect((await trained(NEAR_UNITS)).status).toBe(201)
    await takeNext(first, number)
    await look(first)
    const note = first.page.getByText('Looking: little left today')
    await note.waitFor()
    expect(await note.textContent()).not.toMatch(/[0-9]/)
    await kept(first.page, 'budget-near')
    await first.page.keyboard.press('1')
    await first.page.keyboard.press('Enter')
    await first.page.getByText('2 of 3 to grade').waitFor()
  })

  it('is reached: nothing is shown, in words that say what to do, and it is on record', async () => {
    expect((await trained(BUDGET_UNITS - NEAR_UNITS)).status).toBe(201)
    await refused(first, 'the budget of exposure is reached: hand over')
    await first.page.getByText('Looking: enough for today').waitFor()
    const [latest] = await latestRefusals(room.database)
    expect(latest).toMatchObject({ by: first.person.id, act: 'view', because: 'budget-reached' })
    expect((await viewingsOf(items, first.person)).length).toBe(1)
  })

  it('opens for a child at risk now, on record and for its time', async () => {
    const { page } = first
    await page.getByRole('button', { name: 'Child at risk now' }).click()
    await page.getByText('Call first').waitFor()
    const form = page.getByRole('dialog')
    expect(await form.getByLabel('Case').inputValue()).toBe(number)
    await form.getByLabel('Why').fill('Words in the report say that it is going on.')
    await form.getByRole('button', { name: 'Declare it' }).click()
    await form.waitFor({ state: 'detached' })
    await look(first)
    const [before, risk] = await overridesOf(items, first.person)
    expect([before, risk]).toEqual([undefined, expect.any(String)])
    const over = await asked(page, `/v1/risks/${risk}/end`, { method: 'POST' })
    expect(over.status).toBe(204)
    await refused(first, 'the budget of exposure is reached: hand over')
    const short = { on: { kind: 'case', id: number }, because: 'Said again.', minutes: 1 }
    expect((await asked(page, '/v1/risks', { body: short })).status).toBe(201)
    await look(first)
    room.later(MINUTE_MILLISECONDS + 1)
    await refused(first, 'the budget of exposure is reached: hand over')
  })

  it('ends in a handover without a reason; the next person has the case as it was left', async () => {
    const { page } = first
    await page.keyboard.press('h')
    const dialogue = page.getByRole('dialog')
    await dialogue.getByText('Nobody asks why.').waitFor()
    expect(await dialogue.getByRole('textbox').count()).toBe(0)
    await page.keyboard.press('Enter')
    await page.waitForURL('**/queue')
    const second = await here('analyst')
    await takeNext(second, number)
    await second.page.getByText('2 of 2 to grade').waitFor()
    await look(second)
    expect(await overridesOf(items, second.person)).toEqual([undefined])
    for (let left = 2; left > 0; left--) {
      await second.page.keyboard.press('2')
      await second.page.keyboard.press('Enter')
      await second.page.getByText(left > 1 ? '1 of 2 to grade' : 'Receipt').waitFor()
    }
    await second.page.getByText('waits for a second person').waitFor()
    const ids = items.map(({ id }) => id)
    const voters = (await votesOn(room.database, ids)).map(({ by }) => by)
    expect(voters.toSorted()).toEqual([first, second, second].map(({ person }) => person.id).toSorted())
    await second.page.context().close()
  })
})

describe('two analysts', () => {
  it('who press at one moment get two cases', async () => {
    const numbers = [
      (await room.waitingCase([{ bytes: files[0] ?? Buffer.alloc(0) }])).number,
      (await room.waitingCase([{ bytes: files[1] ?? Buffer.alloc(0) }])).number,
    ]
    const both = await Promise.all([here('analyst'), here('analyst')])
    await Promise.all(both.map(({ page }) => page.getByText('wait for a person').waitFor()))
    await Promise.all(both.map(({ page }) => page.keyboard.press('n')))
    await Promise.all(both.map(({ page }) => page.waitForURL('**/cases/*')))
    const given = both.map(({ page }) => page.url().split('/').at(-1))
    expect(given.toSorted()).toEqual(numbers.toSorted())
    for (const { page } of both) {
      await page.getByText('until it lapses').waitFor()
      await page.context().close()
    }
  })

  it('who want one case: one has it; the other sees who and until when, as it happens', async () => {
    const { number } = await room.waitingCase([{ bytes: files[2] ?? Buffer.alloc(0) }])
    const both = await Promise.all([here('analyst', `/cases/${number}`), here('analyst', `/cases/${number}`)])
    const [one, other] = both
    await Promise.all(both.map(({ page }) => page.getByText('Nobody has it.').waitFor()))
    await Promise.all(both.map(({ page }) => page.getByRole('button', { name: 'Take it up' }).click()))
    const has = ({ page }: Here) => page.getByText('until it lapses').isVisible()
    await expect.poll(async () => (await Promise.all(both.map(has))).filter(Boolean).length, SLOWLY).toBe(1)
    const [winner, loser] = (await has(one)) ? [one, other] : [other, one]
    const told = loser.page.getByRole('status').filter({ hasText: winner.person.id })
    await told.waitFor()
    expect(await told.textContent()).toMatch(/has it, to assess it, until .+\./)
    expect(await loser.page.getByRole('button', { name: 'Take it up' }).count()).toBe(0)
    await kept(loser.page, 'case-of-another')
    // The moment it is given back, the other may have it: nobody reloads a page.
    await winner.page.getByRole('button', { name: 'Hand over' }).click()
    await loser.page.getByText('Nobody has it.').waitFor()
    await loser.page.getByRole('button', { name: 'Take it up' }).click()
    await loser.page.getByText('until it lapses').waitFor()
    expect(await loser.answers.pictures()).toEqual([])
    for (const { page } of both) await page.context().close()
  })
})
