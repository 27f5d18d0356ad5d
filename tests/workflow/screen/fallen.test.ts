/** Fallen: what was known by an entry that nobody relies on any more is looked at after all, once, whoever is cut off. */
import { randomBytes } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import { nextWords } from '#cases/triage'
import { newId } from '#ground/id'
import { addCaseItem, caseItemNamed, itemsInCase } from '#store/case-items'
import { caseNamed, changeCase, lockCase, openCase } from '#store/cases'
import type { Database } from '#store/database'
import { closeReports } from '#store/report-stages'
import { addReport, reportNamed } from '#store/reports'
import { Views } from '#workflow/gate/view'
import type { ScreenDesk } from '#workflow/screen/desk'
import { recheckKnown } from '#workflow/screen/fallen'
import type { Rescreening } from '#workflow/screen/screen'
import { screenDue } from '#workflow/screen/screen'
import { settleRest } from '#workflow/screen/settle'
import { NOON } from '../../support/casework.ts'
import { temporaryDatabase } from '../../support/database.ts'
import { expectFolded } from '../../support/folded.ts'
import { LinearIndex, type StatedEntry } from '../../support/linear-index.ts'

const hex = (bytes: number): string => randomBytes(bytes).toString('hex')
const KNOWN = hex(32)
const OTHER = hex(32)
const signed = { actor: 'tutela', at: NOON } as const
const stop = new AbortController().signal

let database: Database
let index: LinearIndex
let desk: ScreenDesk
let done: Rescreening | undefined
beforeEach(async () => {
  database = (await temporaryDatabase()).database
  index = new LinearIndex(
    [
      { id: 1, name: 'theirs' },
      { id: 2, name: 'others' },
    ],
    [
      { list: 1, sha256: KNOWN, trust: 'confirmed', categories: { 'uk-sentencing': ['A'] } },
      { list: 2, sha256: OTHER, trust: 'confirmed' },
    ],
  )
  const severityOf = () => 3
  desk = { database, index, views: new Views(index), severityOf, versionOf: () => '2014', now: () => NOON }
  done = undefined
})

/** A case of which every item is known by now. */
async function knownCase(...digests: readonly string[]) {
  const number = newId('c')
  const priority = { atRisk: false, gradeOne: false, severity: 1, confidence: 0, trust: 'usual' } as const
  const report = newId('r')
  const ids = digests.map(() => newId('i'))
  await database.transaction(async (tx) => {
    const given = {
      number,
      kind: 'hotline',
      priority: { ...priority, receivedAt: NOON.toISOString() },
    } as const
    await openCase(tx, given, signed)
    await addReport(
      tx,
      {
        ...{ id: report, referenceHash: randomBytes(32), channel: 'platform', kind: 'material' },
        ...{ trust: 'usual', isAnonymous: true, atRisk: false, caseNumber: number, hasJoined: false },
      },
      signed,
    )
    for (const [at, sha256] of digests.entries()) {
      const hashes = { sha256, pdq: [{ hash: hex(32), quality: 90 }] }
      const item = {
        id: ids[at] ?? 'i-',
        caseNumber: number,
        kind: 'material',
        hashes,
        screenAfter: NOON,
      } as const
      await addCaseItem(tx, item, signed)
    }
  })
  while ((await screenDue(desk, stop)) > 0);
  expect(await caseNamed(database, number)).toMatchObject({ state: 'decided' })
  return { number, ids, report }
}

/** Changes the first entry of the register, as a dispute, a judgement or a withdrawal does. */
function changed(entry: Partial<StatedEntry> | undefined): void {
  const [first] = index.entries
  // The place of an entry is its number: one that is withdrawn leaves a gap.
  index.entries[0] = entry && first ? { ...first, ...entry } : { list: 2, sha256: hex(32) }
  index.state = { kind: 'ready', number: (index.state.kind === 'ready' ? index.state.number : 0) + 1 }
}

const checked = async (): Promise<void> => {
  done = await recheckKnown(desk, done, stop)
}

const screened = async (): Promise<void> => {
  while ((await screenDue(desk, stop)) > 0);
  while ((await settleRest(desk)) > 0);
}

test.each([
  ['disputed', { trust: 'disputed' }, 'near'],
  ['judged to be doubtful here', { judged: 'disputed' }, 'near'],
  ['judged a false positive', { judged: 'false-positive' }, 'none'],
  ['withdrawn', undefined, 'none'],
] as const)(
  'an entry that is %s leaves what it made known to a person, and says why',
  async (_, entry, state) => {
    const { number, ids } = await knownCase(KNOWN, OTHER)
    await checked()
    changed(entry)
    await checked()
    expect(await caseNamed(database, number)).toMatchObject({ state: 'screening' })
    await screened()
    const [fallen, stays] = await Promise.all(ids.map((id) => caseItemNamed(database, id)))
    expect(fallen).toMatchObject({ state, screening: { wasKnown: true } })
    expect(fallen).not.toHaveProperty('decision')
    expect(stays).toMatchObject({ state: 'known', decision: { how: 'known' }, version: 2 })
    const found = await caseNamed(database, number)
    expect(found.state).toBe('waiting')
    const next = nextWords(found, await itemsInCase(database, number, 10))
    expect(next).toContain('1 item was known by an entry that nobody relies on any more')
    // A second round finds nothing to do, and writes nothing.
    const { version } = found
    await checked()
    await recheckKnown(desk, undefined, stop)
    await screened()
    expect((await caseNamed(database, number)).version).toBe(version)
    await expectFolded(database, 'case:', 'case-item:', 'report:')
  },
)

test('a case that was closed is open again, and so are its reports', async () => {
  const { number, report } = await knownCase(KNOWN)
  await database.transaction(async (tx) => {
    const closed = { at: NOON, because: 'all of it was known' }
    const before = await lockCase(tx, number)
    await changeCase(tx, before, { state: 'closed', closed }, { kind: 'case.closed', body: {} }, signed)
    await closeReports(tx, number, signed)
  })
  changed(undefined)
  await checked()
  await screened()
  expect(await caseNamed(database, number)).toMatchObject({
    state: 'waiting',
    reopenedAt: NOON.toISOString(),
  })
  expect(await caseNamed(database, number)).not.toHaveProperty('closedAt')
  expect((await reportNamed(database, report)).stage).toBe('received')
  await expectFolded(database, 'case:', 'case-item:', 'report:')
})

test('what is relied on again is known again; a list that is not in use just now changes nothing', async () => {
  const { number, ids } = await knownCase(KNOWN)
  index.stated[0] = { id: 1, name: 'theirs', enabledRatio: 0 }
  changed({})
  await checked()
  expect(await caseNamed(database, number)).toMatchObject({ state: 'decided' })
  index.stated[0] = { id: 1, name: 'theirs' }
  changed({ trust: 'disputed' })
  await checked()
  changed({ trust: 'confirmed' }) // before the machine came to look
  await screened()
  expect(await caseItemNamed(database, ids[0] ?? '')).toMatchObject({
    state: 'known',
    decision: { how: 'known' },
  })
  expect(await caseItemNamed(database, ids[0] ?? '')).not.toHaveProperty('screening.wasKnown')
  expect(await caseNamed(database, number)).toMatchObject({ state: 'decided' })
  await expectFolded(database, 'case:', 'case-item:')
})

test('a round that was cut off is gone on with, and two at once put an item back once', async () => {
  const { ids } = await knownCase(...Array.from({ length: 8 }, () => KNOWN))
  changed({ trust: 'disputed' })
  const cut = new AbortController()
  cut.abort()
  const before = await recheckKnown(desk, { change: 1 }, cut.signal)
  expect(before).toMatchObject({ behind: '' }) // nothing of it counts as held against the register
  await Promise.all([recheckKnown(desk, before, stop), recheckKnown(desk, undefined, stop)])
  const { rows } = await database.query<{ count: string }>(
    `SELECT count(*) FROM event WHERE kind = 'case-item.undecided'`,
  )
  expect(Number(rows[0]?.count)).toBe(ids.length)
  const opened = await database.query(`SELECT FROM event WHERE kind = 'case.reopened'`)
  expect(opened.rowCount).toBe(1)
})
