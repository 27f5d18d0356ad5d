/** People in a browser: invited, let in by a second person, with passkey, roles, authority, training; locked out; gone. */
import { generateSync } from 'otplib'
import type { Page } from 'playwright-core'
import { afterAll, it as always, beforeAll, describe, expect, vi } from 'vitest'
import { inviteFirst } from '#workflow/people/invite'
import { HAS_BROWSER, kept, openBrowser } from '../support/browser.ts'
import { asked } from '../support/demonstration.ts'
import { ReviewRoom } from '../support/review-room.ts'

const it = always.skipIf(!HAS_BROWSER)
const PASSWORD = 'four plain words here'
const CODE_MILLISECONDS = 30_000
const HOUR_MILLISECONDS = 3_600_000
vi.setConfig({ testTimeout: 90_000 })

let room: ReviewRoom
let chromium: Awaited<ReturnType<typeof openBrowser>>
beforeAll(async () => {
  if (!HAS_BROWSER) return
  ;[room, chromium] = await Promise.all([ReviewRoom.open({ isNamed: true }), openBrowser()])
})
afterAll(async () => {
  await chromium?.close()
  await room?.close()
})

/** Somebody at a browser of their own, who set up their sign-in. */
interface Somebody {
  readonly page: Page
  readonly name: string
  readonly id: string
  readonly secret: string
  readonly codes: readonly string[]
  /** True where somebody else must let them in. */
  readonly waits: boolean
}

/** The code that an authenticator shows next: each is taken once. */
function nextCode(secret: string): string {
  room.later(CODE_MILLISECONDS)
  return generateSync({ secret, epoch: Math.floor(room.now().getTime() / 1000) })
}

/** Follows a one-time link, and sets up a sign-in. */
async function setUp(link: string, name: string): Promise<Somebody> {
  const page = await (await chromium.browser.newContext()).newPage()
  await page.goto(link)
  await page.locator('#name').fill(name)
  await page.locator('#password').fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.locator('#second').waitFor()
  const secret = (await page.locator('#secret').textContent()) ?? ''
  await page.locator('#code').fill(nextCode(secret))
  await page.keyboard.press('Enter')
  await page.locator('#done').waitFor()
  const id = (await page.locator('#you').textContent()) ?? ''
  const codes = ((await page.locator('#codes').textContent()) ?? '').split('\n')
  expect([id, codes.length]).toEqual([expect.stringMatching(/^p-/), 10])
  expect(page.url()).not.toContain('#')
  const waits = await page.locator('#waits').isVisible()
  await kept(page, `setup-${waits ? 'waits' : 'done'}`)
  return { page, name, id, secret, codes, waits }
}

/** Signs in by name, password and a code. */
async function signsIn({ page, name }: Somebody, code: string, password = PASSWORD): Promise<void> {
  await page.goto(`${room.address}/sign-in`)
  await page.locator('input[autocomplete="username"]').fill(name)
  await page.locator('input[autocomplete="current-password"]').fill(password)
  await page.locator('input[autocomplete="one-time-code"]').fill(code)
  await page.keyboard.press('Enter')
}

const isIn = (page: Page): Promise<void> => page.getByRole('navigation', { name: 'Sections' }).waitFor()

/** Opens an act of a page, fills it in, and does it. @returns its dialogue */
async function acts(page: Page, label: RegExp, confirm: RegExp, fill: (form: Page) => Promise<void>) {
  await page.locator('main').getByRole('button', { name: label }).click()
  const dialogue = page.getByRole('dialog')
  await dialogue.getByText('It is written down with your pseudonym').waitFor()
  await fill(page)
  await dialogue.getByRole('button', { name: confirm }).click()
  return dialogue
}

const nothing = async (): Promise<void> => undefined

/** Admits somebody at the page. @returns their link */
async function admits(page: Page, name: string, role: string): Promise<string> {
  await page.goto(`${room.address}/people`)
  const dialogue = await acts(page, /^Admit somebody$/, /^Admit them$/, async () => {
    await page.getByRole('dialog').getByLabel('Name').fill(name)
    await page.getByRole('dialog').getByRole('checkbox', { name: role }).check()
  })
  const link = dialogue.getByText(/\/setup#/)
  await link.waitFor()
  const words = (await link.textContent()) ?? ''
  await dialogue.getByRole('button', { name: 'Close' }).last().click()
  return words
}

/** A key in software, in the browser of somebody. */
async function withAuthenticator({ page }: Somebody): Promise<void> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const kind = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true } as const
  const person = { hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true }
  await cdp.send('WebAuthn.addVirtualAuthenticator', { options: { ...kind, ...person } })
}

describe.sequential('people at the desk', () => {
  let administrator: Somebody
  let supervisor: Somebody
  let analyst: Somebody
  const pageOfAnalyst = (page: Page) => page.goto(`${room.address}/people/${analyst.id}`)

  it('begin with a link for the first administrator, who is in at once', async () => {
    const signed = { actor: 'operator:test', at: room.now() } as const
    const invited = await inviteFirst(room.people, signed)
    administrator = await setUp(`${room.address}/setup#${invited?.token}`, 'first.administrator')
    expect(administrator.waits).toBe(false)
    await administrator.page.getByRole('link', { name: 'To the desk' }).click()
    await isIn(administrator.page)
    const used = await (await chromium.browser.newContext()).newPage()
    await used.goto(`${room.address}/setup#${invited?.token}`)
    await used.locator('#name').fill('somebody.else')
    await used.locator('#password').fill(PASSWORD)
    await used.keyboard.press('Enter')
    await used.getByText('was used, or has run out').waitFor()
    await used.context().close()
  })

  it('are admitted by a link that is shown once; the first colleague alone needs no second person', async () => {
    const link = await admits(administrator.page, 'Somebody who supervises', 'supervisor')
    supervisor = await setUp(link, 'the.supervisor')
    expect(supervisor.waits).toBe(false)
    await supervisor.page.getByRole('link', { name: 'To the desk' }).click()
    await isIn(supervisor.page)
    // A name is told to nobody by any page.
    await administrator.page.goto(`${room.address}/people/${supervisor.id}`)
    await administrator.page.getByRole('heading', { level: 1 }).waitFor()
    expect(await administrator.page.content()).not.toContain('Somebody who supervises')
  })

  it('wait, once there is a second person, until that one lets them in', async () => {
    analyst = await setUp(await admits(administrator.page, 'Somebody who grades', 'analyst'), 'the.analyst')
    expect(analyst.waits).toBe(true)
    await signsIn(analyst, nextCode(analyst.secret))
    await analyst.page.getByRole('alert').waitFor()
    // Not whoever admitted them.
    await pageOfAnalyst(administrator.page)
    const own = await acts(administrator.page, LET_IN, LET_THEM_IN, nothing)
    await own.getByRole('alert').filter({ hasText: 'this needs another person' }).waitFor()
    await pageOfAnalyst(supervisor.page)
    await kept(supervisor.page, 'person-waits')
    await (await acts(supervisor.page, LET_IN, LET_THEM_IN, nothing)).waitFor({ state: 'detached' })
    await signsIn(analyst, nextCode(analyst.secret))
    await isIn(analyst.page)
  })

  it('make a passkey, and come in by it', async () => {
    const { page } = analyst
    await withAuthenticator(analyst)
    await page.goto(`${room.address}/settings`)
    await page.getByLabel('Another passkey').fill('The machine at work')
    await page.keyboard.press('Enter')
    await page.getByRole('cell', { name: 'The machine at work' }).waitFor()
    await page.getByRole('button', { name: 'You', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await isIn(page)
    await page.goto(`${room.address}/settings`)
    await page.getByText('Signed in by passkey').waitFor()
    await kept(page, 'settings-passkey')
  })

  it('get another role, and wait again for a second person; to give it to oneself is refused', async () => {
    await pageOfAnalyst(administrator.page)
    const given = await acts(administrator.page, /^Set roles$/, /^Set them$/, async (page) => {
      await page.getByRole('dialog').getByRole('checkbox', { name: 'reviewer' }).check()
    })
    await given.waitFor({ state: 'detached' })
    await supervisor.page.reload()
    await pageOfAnalyst(supervisor.page)
    await (await acts(supervisor.page, LET_IN, LET_THEM_IN, nothing)).waitFor({ state: 'detached' })
    const self = { method: 'PUT', body: { roles: ['administrator', 'analyst'], departments: [] } }
    const refused = await asked(administrator.page, `/v1/people/${administrator.id}/roles`, self)
    expect(refused).toMatchObject({ status: 403 })
    await signsIn(analyst, nextCode(analyst.secret))
    await isIn(analyst.page)
    const { body } = await asked<{ roles: string[] }>(analyst.page, '/v1/session')
    expect(body.roles.toSorted()).toEqual(['analyst', 'reviewer'])
  })

  it('are named in a written authority, and have training recorded, by somebody else', async () => {
    const { page } = supervisor
    await page.goto(`${room.address}/people/authorities`)
    const registered = await acts(page, /^Register an authority$/, /^Register it$/, async () => {
      const form = page.getByRole('dialog')
      await form.getByLabel('Officer who gave it').fill('A chief officer')
      await form.getByLabel('Given for').fill('A force')
      await form.getByLabel('From').fill('2020-01-01')
      await form.getByLabel('Until').fill('2090-01-01')
      await form.getByRole('checkbox', { name: 'to investigate an offence' }).check()
      await form.getByRole('combobox', { name: 'Acts' }).fill('crawl')
      await page.getByRole('option', { name: 'crawl' }).click()
      await form.getByRole('combobox', { name: 'People' }).fill(analyst.id)
      await page.getByRole('option', { name: analyst.id }).click()
      await page.keyboard.press('Tab')
    })
    await registered.waitFor({ state: 'detached' })
    const paper = page.getByRole('article').filter({ hasText: analyst.id })
    await paper.getByText('in force').waitFor()
    await kept(page, 'authority-registered')
    await pageOfAnalyst(page)
    const trained = await acts(page, /^Record training$/, /^Record it$/, async () => {
      await page.getByRole('dialog').getByLabel('Subject').fill('Working at a hotline')
      await page.getByRole('dialog').getByLabel('Given by').fill('A hotline')
    })
    await trained.waitFor({ state: 'detached' })
    await page.getByRole('cell', { name: 'Working at a hotline' }).waitFor()
    await kept(page, 'person-trained')
  })

  it('are locked out by wrong passwords for a time, and come in by a recovery code, once', async () => {
    const { page, codes } = analyst
    const [code = ''] = codes
    await page.getByRole('button', { name: 'You', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Sign in with a passkey' }).waitFor()
    const told = page.getByRole('alert')
    for (let count = 0; count < 6; count++) {
      await signsIn(analyst, '000000', 'not the right words')
      await told.waitFor()
    }
    await signsIn(analyst, code)
    await told.filter({ hasText: 'too many attempts' }).waitFor()
    await kept(page, 'locked-out')
    room.later(HOUR_MILLISECONDS)
    await signsIn(analyst, code)
    await isIn(page)
    await asked(page, '/v1/sign-out', { method: 'POST' })
    await signsIn(analyst, code)
    await told.filter({ hasText: 'is not right' }).waitFor()
    await signsIn(analyst, nextCode(analyst.secret))
    await isIn(page)
  })

  it('leave: they are out at once, and by nothing in again', async () => {
    await signsIn(supervisor, nextCode(supervisor.secret))
    await isIn(supervisor.page)
    await pageOfAnalyst(supervisor.page)
    const left = await acts(supervisor.page, /^Has left$/, /^They have left$/, nothing)
    await left.waitFor({ state: 'detached' })
    await supervisor.page.getByText('has left', { exact: true }).waitFor()
    const { page } = analyst
    await page.goto(`${room.address}/queue`)
    await page.waitForURL('**/sign-in*')
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByRole('alert').waitFor()
    await signsIn(analyst, nextCode(analyst.secret))
    await page.getByRole('alert').filter({ hasText: 'is not right' }).waitFor()
  })
})

const LET_IN = /^Let (?:in|them in)/
const LET_THEM_IN = /^Let them in$/
