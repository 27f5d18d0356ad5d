/** Golden: generated pictures come among the others, are told to whoever graded, and are in nothing else. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openPersonKeys } from '#ground/person-keys'
import { openFigures } from '#store/board'
import { caseItemNamed, changeCaseItem, itemsInCase } from '#store/case-items'
import { caseNamed, changeCase } from '#store/cases'
import type { Database } from '#store/database'
import { addGolden, goldenSets, isGolden, nextGolden } from '#store/golden'
import { storyOf } from '#store/story'
import { blindGrades } from '#store/votes'
import type { CaseItem } from '#terms/casework'
import type { Person } from '#terms/people'
import { vote } from '#workflow/assess/vote'
import { takeBack } from '#workflow/assess/withdraw'
import { agreementOf, goldenOf } from '#workflow/board/agreement'
import { propose } from '#workflow/evidence/handover'
import { makeGolden } from '#workflow/golden/make'
import { mixGolden } from '#workflow/golden/mix'
import { goldenPicture } from '#workflow/golden/picture'
import { bringReport } from '#workflow/intake/bring'
import { grade, gradingDesk, has, NOON, waitingCase } from '../../support/casework.ts'
import { expectFolded } from '../../support/folded.ts'
import { handoverScene, justNow, recipient } from '../../support/handover.ts'
import { refusal, someone } from '../../support/people.ts'
import { stream, vaultRoom } from '../../support/vault.ts'

const DAY = 86_400_000

async function opened() {
  const room = await vaultRoom()
  const { database } = room
  const clock = { at: NOON.getTime() }
  const now = () => new Date(clock.at)
  const keys = await openPersonKeys(join(room.data, 'keys'))
  const evidence = await room.open({ now })
  const golden = { intake: { database, keys, evidence, now }, perDay: 2 }
  const steward = await someone(database, ['steward'])
  const make = (count: number, seed = 7) => makeGolden(gradingDesk(database), { by: steward.id, count, seed })
  return { room, database, clock, golden, make }
}

/** The item that was mixed in last, as the machine leaves it. */
async function mixedIn(database: Database): Promise<CaseItem> {
  const { rows } = await database.query<{ id: string }>(
    'SELECT case_item AS id FROM golden_picture WHERE brought_at IS NOT NULL ORDER BY brought_at DESC, scene DESC LIMIT 1',
  )
  const signed = { actor: 'tutela', at: NOON } as const
  const screening = {
    outcome: 'none',
    matches: [],
    change: 0,
    versions: 'test',
    at: NOON.toISOString(),
    attempts: 1,
  } as const
  return database.transaction(async (tx) => {
    const item = await caseItemNamed(tx, rows[0]?.id ?? '')
    await changeCase(
      tx,
      await caseNamed(tx, item.caseNumber),
      { state: 'waiting' },
      { kind: 'case.screened', body: {} },
      signed,
    )
    return changeCaseItem(
      tx,
      item,
      { state: 'none', screening },
      { kind: 'case-item.screened', body: {} },
      signed,
    )
  })
}

describe('a golden set', () => {
  test('is made by whoever may, of generated scenes, once', async () => {
    const { database, make } = await opened()
    const analyst = await someone(database, ['analyst'])
    const asked = { by: analyst.id, count: 2, seed: 7 }
    await expect(makeGolden(gradingDesk(database), asked)).rejects.toMatchObject(refusal('no-role'))
    expect(await make(5)).toMatchObject({ pictures: 5, brought: 0, scheme: 'uk-sentencing', seed: 7 })
    await expect(make(3)).rejects.toMatchObject({ code: 'store.exists' })
    expect(await goldenSets(database)).toHaveLength(1)
    const { next } = await nextGolden(database)
    expect(next).toMatchObject({ scene: 0, grades: [grade('A')], annotation: { origin: 'generated' } })
    expect((await goldenPicture(7, 0, 'A')).sha256).toBe(next?.sha256)
    await expect(make(0, 8)).rejects.toMatchObject({ code: 'request.invalid' })
    await expectFolded(database, 'golden:')
  })

  test('is of nothing real: an item that is no picture of a set is not made golden', async () => {
    const { database } = await opened()
    const { items } = await waitingCase(database, { items: [{ hashes: { sha256: 'ab'.repeat(32) } }] })
    const [item] = items
    if (!item) throw new Error('a case without an item')
    const answer = { grades: [grade('A')], annotation: {} }
    const made = database.transaction((tx) => addGolden(tx, item, answer, { actor: 'tutela', at: NOON }))
    await expect(made).rejects.toMatchObject({ code: 'evidence.refused' })
  })

  test('comes at its pace as ordinary cases, and what was cut off is marked with the next round', async () => {
    const { database, clock, golden, make } = await opened()
    expect(await mixGolden(golden)).toBe(false)
    await make(3)
    expect(await mixGolden({ ...golden, perDay: 0 })).toBe(false)
    expect([await mixGolden(golden), await mixGolden(golden)]).toEqual([true, false])
    const { rows } = await database.query('SELECT channel, kind FROM report')
    expect(rows).toEqual([{ channel: 'partner', kind: 'material' }])
    clock.at += DAY / 2
    const { next } = await nextGolden(database)
    const { bytes } = await goldenPicture(7, 1, 'B')
    const cut = { kind: 'material', id: `${next?.set}-1`, file: stream(bytes) } as const
    const { report } = await bringReport(golden.intake, cut, { channel: 'partner', actor: 'tutela' })
    const [item] = await itemsInCase(database, report.caseNumber, 10)
    expect(await isGolden(database, item?.id ?? 'i-')).toBe(true) // by its digest, before it is marked
    expect(await mixGolden(golden)).toBe(true)
    expect((await database.query('SELECT FROM report')).rowCount).toBe(2)
    await expectFolded(database, 'golden:', 'case:', 'case-item:', 'report:')
  })

  test('is mixed in only as it was made: what somebody changed in its table is refused', async () => {
    const { database, golden, make } = await opened()
    await make(1)
    await database.query(`UPDATE golden_picture SET sha256 = decode($1, 'hex')`, ['cd'.repeat(32)])
    await expect(mixGolden(golden)).rejects.toMatchObject({ code: 'evidence.refused' })
    expect((await database.query('SELECT FROM report')).rowCount).toBe(0)
  })
})

function voting(by: Person, item: CaseItem, category: string) {
  const { caseNumber, id } = item
  const asked = { by: by.id, caseNumber, item: id, annotation: {}, basis: 'hash' as const }
  return { ...asked, grades: [grade(category)] }
}

test('a golden picture is told to each who has graded it, becomes no entry, and is counted nowhere else', async () => {
  const { database, golden, make } = await opened()
  await make(1)
  await mixGolden(golden)
  const item = await mixedIn(database)
  const [analyst, reviewer] = [await someone(database, ['analyst']), await someone(database, ['reviewer'])]
  for (const one of [analyst, reviewer]) await has(database, one, item.caseNumber)
  const desk = gradingDesk(database, { samplePerMillion: 1_000_000 })
  const kinds = async () =>
    (await storyOf(database, item.caseNumber, '0', 100)).map(({ event }) => event.kind)
  const first = await vote(desk, voting(analyst, item, 'A'))
  expect(first.golden).toEqual([{ item: item.id, grades: [grade('A')], annotation: { origin: 'generated' } }])
  expect(await kinds()).not.toContain('case-item.golden')
  const back = takeBack(desk, analyst.id, first.votes[0]?.id ?? '')
  await expect(back).rejects.toMatchObject({ code: 'evidence.refused' })
  const second = await vote(desk, voting(reviewer, item, 'A'))
  expect(second).toMatchObject({
    decided: [item.id],
    golden: [{ item: item.id }],
    case: { state: 'decided' },
  })
  expect(await kinds()).toContain('case-item.golden')
  const { decision } = await caseItemNamed(database, item.id)
  expect(decision).toMatchObject({ how: 'agreed' })
  expect(decision).not.toHaveProperty('entry')
  expect(decision).not.toHaveProperty('sample')
  const since = new Date(0)
  expect(await openFigures(database, NOON)).toMatchObject({ open: 0 })
  expect(await blindGrades(database, 'uk-sentencing', since)).toEqual([])
  expect(await agreementOf(database, ['uk-sentencing'], since)).toMatchObject([{ pairs: 0 }])
  const measured = goldenOf([{ scheme: 'uk-sentencing', category: 'A', answer: 'A' }])
  expect(measured).toMatchObject([
    { votes: 1, right: 1, caveat: '1 are too few to say: it is told from 50 on' },
  ])
})

test('a golden picture is handed over to nobody', async () => {
  const scene = await handoverScene()
  const { desk, officer, items, contents } = scene
  const { id } = await recipient(scene)
  const [first, second] = [items[0] ?? 'v-', items[1] ?? 'v-'] as const
  const sha256 = createHash('sha256')
    .update(contents[0] ?? '')
    .digest('hex')
  await desk.database.query(
    `INSERT INTO golden_set (id, scheme, seed, pictures, made_at, made_by, version)
     VALUES ('g-1', 'x', 1, 1, now(), 'tutela', 1)`,
  )
  await desk.database.query(
    `INSERT INTO golden_picture (sha256, golden_set, scene, grades, annotation) VALUES (decode($1, 'hex'), 'g-1', 0, '[]', '{}')`,
    [sha256],
  )
  await waitingCase(desk.database, { items: [{ hashes: { sha256 }, item: first }] })
  const asked = { caseNumber: 'K-1', purpose: 'report', because: 'to the unit', recipient: id } as const
  const by = justNow(desk, officer)
  await expect(propose(desk, by, { ...asked, items: [first, second] })).rejects.toMatchObject({
    code: 'evidence.refused',
  })
  expect(await propose(desk, by, { ...asked, items: [second] })).toMatchObject({ items: [second] })
})
