/** Viewings: asked with a purpose, granted or refused on record, released once, ended; and what of it counts. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { unitsOf } from '#people/exposure'
import { allocate, endAllocation } from '#store/allocations'
import { eventsOf } from '#store/append'
import { recordConflict } from '#store/conflicts'
import { openingNamed } from '#store/openings'
import { viewedByPerson } from '#store/viewings'
import type { ViewLevel } from '#terms/evidence'
import { VIEW_LEVELS } from '#terms/evidence'
import type { PersonId } from '#terms/people'
import { ownOptOut } from '#workflow/evidence/exposure'
import { showItem } from '#workflow/evidence/show'
import { showViewing, type ViewingAsked } from '#workflow/evidence/view'
import { endOverdue, endViewing } from '#workflow/evidence/view-end'
import { temporaryDatabase } from '../../support/database.ts'
import { expectFolded } from '../../support/folded.ts'
import { refusal, someone } from '../../support/people.ts'
import { ask, later, movableDesk, sealedItem, viewingScene } from '../../support/viewing.ts'

describe('a viewing', () => {
  test('is written down before a byte is given, given once, and ended with what was seen', async () => {
    const bytes = Buffer.from('the bytes that were sealed')
    const one = await viewingScene(bytes)
    const { desk, analyst, item } = one
    const { id, exposureUnits, exposure } = await ask(one)
    expect([exposureUnits, exposure]).toEqual([unitsOf(desk.exposure, 'full', 60_000), 'ok'])
    expect(await openingNamed(desk.database, id)).toMatchObject({ item, person: analyst.id, level: 'full' })
    expect(desk.rendered).toEqual([])
    const shown = await showViewing(desk, analyst.id, id, { screen: { width: 800, height: 600 } })
    expect(shown).toMatchObject({ kind: 'rendered', until: '2026-03-02T09:01:00.000Z' })
    expect(desk.rendered).toEqual([{ bytes, asked: { level: 'full', screen: { width: 800, height: 600 } } }])
    await expect(showViewing(desk, analyst.id, id)).rejects.toMatchObject({ code: 'evidence.refused' })
    expect(desk.rendered).toHaveLength(1)
    later(desk, 5)
    const ended = await endViewing(desk, analyst.id, id, { seenMilliseconds: 4000, isComplete: true })
    expect(ended).toEqual({ ending: 'complete', seenMilliseconds: 4000, isWhole: true, exposureUnits: 15 })
    await expect(
      endViewing(desk, analyst.id, id, { seenMilliseconds: 1, isComplete: true }),
    ).rejects.toMatchObject({ code: 'evidence.refused' })
    const events = await eventsOf(desk.database, `opening:${id}`)
    expect(events.map(({ kind }) => kind)).toEqual([
      'viewing.granted',
      'viewing.released',
      'viewing.rendered',
      'viewing.ended',
    ])
    expect(await expectFolded(desk.database, 'opening:')).toBe(1)
    expect(events[0]?.body).toMatchObject({ basis: { kind: 'duty', id: 'case:K-1' }, purpose: 'assess' })
  })

  test('as a hash card shows no pixel: nothing is opened, and it costs nothing', async () => {
    const bytes = Buffer.from('a file')
    const one = await viewingScene(bytes)
    const { desk, analyst, item } = one
    await ownOptOut(desk, analyst.id, { category: 'view' })
    const { id, exposureUnits } = await ask(one, { level: 'card' })
    const shown = await showViewing(desk, analyst.id, id)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    expect(shown).toMatchObject({ kind: 'card', card: { item, sizeBytes: 6, digests: { sha256 } } })
    expect([desk.rendered, exposureUnits]).toEqual([[], 0])
  })

  test('is another person’s and nobody else’s, and not found by anybody else', async () => {
    const one = await viewingScene()
    const { desk } = one
    const colleague = await someone(desk.database, ['analyst'], { cases: ['K-1'] })
    const { id } = await ask(one)
    await expect(showViewing(desk, colleague.id, id)).rejects.toMatchObject({ code: 'evidence.unknown' })
    const seen = { seenMilliseconds: 1, isComplete: true }
    await expect(endViewing(desk, colleague.id, id, seen)).rejects.toMatchObject({ code: 'evidence.unknown' })
    expect(await openingNamed(desk.database, id)).not.toHaveProperty('releasedAt')
  })

  test('that runs out is ended by the job: its whole box counts once it was released, and nothing where it was not', async () => {
    const one = await viewingScene()
    const { desk, analyst } = one
    const [seen, unseen] = [await ask(one), await ask(one)]
    await showViewing(desk, analyst.id, seen.id)
    later(desk, 59)
    expect(await endOverdue(desk)).toBe(0)
    later(desk, 2)
    await expect(showViewing(desk, analyst.id, unseen.id)).rejects.toMatchObject({ code: 'evidence.refused' })
    expect([await endOverdue(desk), await endOverdue(desk)]).toEqual([2, 0])
    expect(await expectFolded(desk.database, 'opening:')).toBe(2)
    expect(await openingNamed(desk.database, seen.id)).toMatchObject({
      ending: 'timed-out',
      seenMilliseconds: 60_000,
      exposureUnits: 70,
      isWhole: false,
    })
    expect(await openingNamed(desk.database, unseen.id)).toMatchObject({
      ending: 'timed-out',
      exposureUnits: 0,
    })
    const [, , , ended] = await eventsOf(desk.database, `opening:${seen.id}`)
    expect(ended).toMatchObject({ kind: 'viewing.ended', actor: 'tutela' })
  })

  test('nobody has seen it for longer than it was there, and late words change nothing of the whole box', async () => {
    const one = await viewingScene()
    const { desk, analyst } = one
    const [first, second] = [await ask(one), await ask(one)]
    await showViewing(desk, analyst.id, first.id)
    await showViewing(desk, analyst.id, second.id)
    later(desk, 2)
    const long = { seenMilliseconds: 3_600_000, isComplete: true }
    expect(await endViewing(desk, analyst.id, first.id, long)).toMatchObject({ seenMilliseconds: 2000 })
    later(desk, 100)
    const short = { seenMilliseconds: 1, isComplete: true }
    expect(await endViewing(desk, analyst.id, second.id, short)).toMatchObject({
      ending: 'timed-out',
      seenMilliseconds: 60_000,
      isWhole: false,
    })
  })

  test('costs what passed between its release and its end, whatever its viewer says of it', async () => {
    const one = await viewingScene()
    const { desk, analyst } = one
    const costs = new Set<number>()
    for (const seenMilliseconds of [0, 1, 29_000, 30_000, 3_600_000]) {
      const { id } = await ask(one)
      await showViewing(desk, analyst.id, id)
      later(desk, 30)
      const ended = await endViewing(desk, analyst.id, id, { seenMilliseconds, isComplete: true })
      expect(ended.seenMilliseconds).toBe(Math.min(seenMilliseconds, 30_000))
      costs.add(ended.exposureUnits)
    }
    expect([...costs]).toEqual([unitsOf(desk.exposure, 'full', 30_000)])
  })

  test('is told to others without how long it was, nor what it cost', async () => {
    const one = await viewingScene()
    const { desk, analyst, item } = one
    const supervisor = await someone(desk.database, ['supervisor'])
    const { id } = await ask(one)
    await showViewing(desk, analyst.id, id)
    later(desk, 30)
    await endViewing(desk, analyst.id, id, { seenMilliseconds: 4000, isComplete: true })
    const of = async (by: PersonId) => (await showItem(desk, item, by)).openings[0]
    expect(await of(analyst.id)).toMatchObject({ id, seenMilliseconds: 4000, exposureUnits: 40 })
    const told = await of(supervisor.id)
    expect(told).toMatchObject({ id, person: analyst.id, level: 'full', ending: 'complete' })
    for (const hidden of ['seenMilliseconds', 'exposureUnits', 'boxSeconds', 'endedAt'])
      expect(told).not.toHaveProperty(hidden)
  })

  test('that was granted is given to nobody who lost the case or got a conflict of interest since', async () => {
    const one = await viewingScene()
    const { desk, analyst } = one
    const { database } = desk
    const [taken, inConflict] = [await ask(one, { boxSeconds: 600 }), await ask(one, { boxSeconds: 600 })]
    const signed = { actor: 'tutela', at: desk.clock } as const
    await database.transaction((tx) => endAllocation(tx, 'K-1', analyst.id, signed))
    later(desk, 1)
    await expect(showViewing(desk, analyst.id, taken.id)).rejects.toMatchObject(refusal('not-allocated'))
    const again = { ...signed, at: desk.clock }
    await database.transaction((tx) => allocate(tx, 'K-1', analyst.id, again))
    await database.transaction((tx) => recordConflict(tx, analyst.id, { kind: 'case', id: 'K-1' }, again))
    await expect(showViewing(desk, analyst.id, inConflict.id)).rejects.toMatchObject(
      refusal('conflict-of-interest'),
    )
    expect(desk.rendered).toEqual([])
    expect(await openingNamed(database, taken.id)).not.toHaveProperty('releasedAt')
  })

  test('as a region shows a part, and never the whole picture at the price of a part', async () => {
    const one = await viewingScene()
    const { desk, analyst } = one
    const show = async (left: number, top: number, width: number, height: number) => {
      const { id } = await ask(one, { level: 'region', region: { left, top, width, height } })
      return showViewing(desk, analyst.id, id)
    }
    expect(await show(0, 0, 320, 480)).toMatchObject({ kind: 'rendered' })
    expect(await show(600, 0, 9000, 9000)).toMatchObject({ kind: 'rendered' })
    await expect(show(0, 0, 321, 480)).rejects.toMatchObject({ code: 'evidence.unshown' })
    await expect(show(0, 0, 9000, 9000)).rejects.toMatchObject({ code: 'evidence.unshown' })
  })

  test('of what cannot be rendered costs nobody anything', async () => {
    const at = await temporaryDatabase()
    const desk = await movableDesk(at, { kind: 'unknown', because: 'unsupported' })
    const analyst = await someone(at.database, ['analyst'], { cases: ['K-1'] })
    const one = { desk, analyst, item: await sealedItem(desk, 'K-1') }
    const { id } = await ask(one)
    await expect(showViewing(desk, analyst.id, id)).rejects.toMatchObject({ code: 'evidence.unshown' })
    expect(await openingNamed(desk.database, id)).toMatchObject({ ending: 'failed', exposureUnits: 0 })
  })
})

describe('a viewing is refused, on record', () => {
  test('without the case, the role or the purpose', async () => {
    const one = await viewingScene()
    const { desk } = one
    const stranger = await someone(desk.database, ['analyst'], { cases: ['K-2'] })
    await expect(ask(one, { by: stranger.id })).rejects.toMatchObject(refusal('not-allocated'))
    for (const role of [
      'administrator',
      'steward',
      'auditor',
      'safeguarding-lead',
      'it-responder',
    ] as const) {
      const person = await someone(desk.database, [role], { cases: ['K-1'] })
      for (const level of VIEW_LEVELS)
        await expect(ask(one, { by: person.id, level, ...region(level) })).rejects.toMatchObject(
          refusal('no-role'),
        )
    }
    await expect(ask(one, { purpose: 'integrity' })).rejects.toMatchObject(refusal('purpose-not-for-role'))
    const { rows } = await desk.database.query<{ count: string }>(
      `SELECT count(*) FROM event WHERE kind = 'act.refused'`,
    )
    expect(Number(rows[0]?.count)).toBe(1 + 5 * VIEW_LEVELS.length + 1)
  })
})

function region(level: ViewLevel): Partial<ViewingAsked> {
  return level === 'region' ? { region: { left: 0, top: 0, width: 10, height: 10 } } : {}
}

test('viewedByPerson is true exactly once a full viewing of the whole picture was completed, and from then on', async () => {
  const one = await viewingScene()
  const { desk, analyst } = one
  const act = fc.record({
    level: fc.constantFrom(...VIEW_LEVELS),
    released: fc.boolean(),
    ending: fc.constantFrom('complete', 'abandoned', 'timed-out'),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 5 }), async (acts) => {
      const item = await sealedItem(desk, 'K-1')
      let expected = false
      later(desk, 86_400)
      const before = desk.clock
      for (const { level, released, ending } of acts) {
        const { id } = await ask(one, { item, level, ...region(level) })
        if (released) await showViewing(desk, analyst.id, id)
        if (ending === 'timed-out') {
          later(desk, 61)
          await endOverdue(desk)
        } else {
          later(desk, 1)
          await endViewing(desk, analyst.id, id, { seenMilliseconds: 900, isComplete: ending === 'complete' })
        }
        expected ||= level === 'full' && released && ending === 'complete'
        expect(await viewedByPerson(desk.database, item)).toBe(expected)
      }
      expect(await viewedByPerson(desk.database, item, before)).toBe(false) // filed before anybody looked
    }),
    { numRuns: 6 },
  )
})
