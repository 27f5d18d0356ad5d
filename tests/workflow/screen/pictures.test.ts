/** Pictures: what a model says of a case's pictures is on record, orders and warns; without it the order is as it was. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareStandings } from '#cases/priority'
import { NSFWJS_OUTPUTS, weighed } from '#cases/weighed'
import { newId } from '#ground/id'
import type { Said } from '#prioritiser/prioritiser'
import { addCaseItem, caseItemNamed, changeCaseItem } from '#store/case-items'
import { caseNamed, changeCase, openCase } from '#store/cases'
import { openingsOf } from '#store/openings'
import { placesMoved, queue } from '#store/queue'
import type { CaseItemId, Priority, Screening } from '#terms/casework'
import type { ItemId } from '#terms/evidence'
import { Fault } from '#terms/fault'
import type { DrawnExactly } from '#terms/media'
import { picturePrioritiser } from '#workflow/screen/pictures'
import { orderCases } from '#workflow/screen/prioritise'
import { temporaryDatabase } from '../../support/database.ts'
import { expectFolded } from '../../support/folded.ts'
import { standings } from '../../support/standings.ts'
import { NOON, type Room, sealBytes, vaultRoom } from '../../support/vault.ts'

const signed = { actor: 'tutela', at: NOON } as const
const SCREENED: Screening = {
  ...{ outcome: 'none', matches: [], change: 1, versions: 'v', at: NOON.toISOString(), attempts: 1 },
}
const PLAIN: Priority = {
  ...{ atRisk: false, gradeOne: false, severity: 1, confidence: 1, trust: 'usual' },
  receivedAt: NOON.toISOString(),
}
const stop = new AbortController().signal
const EXPLICIT = [0, 0, 0.1, 0.9, 0]

/** A case that waits, with a sealed picture of each kind that is given, each in a stack of its own unless named. */
async function caseOf(
  room: Room,
  evidence: Awaited<ReturnType<Room['open']>>,
  pictures: readonly { readonly bytes: string; readonly mediaType?: string; readonly stackOf?: number }[],
) {
  const number = newId('c')
  // In the order in which they are given: of each stack the first by id is asked about.
  const ids: readonly CaseItemId[] = pictures.map(() => newId('i')).toSorted()
  const sealed: ItemId[] = []
  for (const { bytes, mediaType = 'image/png' } of pictures) {
    const { id } = await sealBytes(evidence, Buffer.from(bytes))
    await room.database.query('UPDATE vault_item SET media_type = $2 WHERE id = $1', [id, mediaType])
    sealed.push(id)
  }
  await room.database.transaction(async (tx) => {
    const one = await openCase(tx, { number, kind: 'hotline', priority: PLAIN }, signed)
    for (const [at, { stackOf }] of pictures.entries()) {
      const stack = stackOf === undefined ? undefined : ids[stackOf]
      const given = { id: ids[at] ?? 'i-', caseNumber: number, kind: 'material', hashes: {} } as const
      const item = sealed[at]
      const made = await addCaseItem(tx, { ...given, ...(item && { item }), ...(stack && { stack }) }, signed)
      const change = { state: 'none', screening: SCREENED } as const
      await changeCaseItem(tx, made, change, { kind: 'case-item.screened', body: {} }, signed)
    }
    await changeCase(tx, one, { state: 'waiting' }, { kind: 'case.screened', body: {} }, signed)
  })
  return { number, ids, sealed }
}

/** A desk whose drawing gives the bytes back as pixels, and whose model says of them what it is told. */
async function desk(says: (pixels: string) => Said | Error) {
  const room = await vaultRoom()
  const evidence = await room.open()
  const drawn: string[] = []
  const model = {
    ...{ name: 'nsfwjs 4.3.0 mobilenet_v2', size: { width: 2, height: 2 }, isResting: false },
    scores: async (pixels: Buffer) => {
      const said = says(pixels.toString())
      if (said instanceof Error) throw said
      return said
    },
  }
  const draw = async (bytes: Buffer): Promise<DrawnExactly> => {
    drawn.push(bytes.toString())
    if (bytes.toString() === 'damaged') return { kind: 'unknown', because: 'decoder-failed' }
    return { kind: 'pixels', pixels: Buffer.from(bytes) }
  }
  const { database } = room
  const given = { database, evidence, draw, model, outputs: NSFWJS_OUTPUTS, now: () => NOON }
  return {
    room,
    evidence,
    drawn,
    model,
    prioritiser: picturePrioritiser(given),
    screen: { database, now: () => NOON },
  }
}

describe('a model', () => {
  test('is asked once of one picture of each stack, on record, and its word orders, warns and decides nothing', async () => {
    const { room, evidence, drawn, prioritiser, screen } = await desk((pixels) => ({
      ...{ kind: 'scores', scores: pixels === 'loud' ? EXPLICIT : [0, 0, 1, 0, 0] },
    }))
    const { number, ids, sealed } = await caseOf(room, evidence, [
      ...[{ bytes: 'quiet' }, { bytes: 'loud' }, { bytes: 'alike', stackOf: 1 }, { bytes: 'damaged' }],
      { bytes: 'a film', mediaType: 'video/mp4' },
    ])
    expect(await orderCases(screen, prioritiser, stop)).toEqual({ ordered: 1, failed: 0 })
    expect(drawn.sort()).toEqual(['damaged', 'loud', 'quiet'])
    const by = prioritiser.name
    expect(await caseNamed(room.database, number)).toMatchObject({
      ...{ state: 'waiting', priority: { ...PLAIN, ordered: { by, points: 9 } } },
    })
    const said = await Promise.all(
      ids.map(async (id) => {
        const { state, screening } = await caseItemNamed(room.database, id)
        expect(state).toBe('none')
        return screening?.classified
      }),
    )
    const about = { by, at: NOON.toISOString() }
    expect(said).toEqual([
      { ...about, points: 0, warnings: [] },
      { ...about, points: 9, warnings: ['likely-explicit'] },
      undefined,
      { ...about, warnings: [], because: 'decoder-failed' },
      undefined,
    ])
    const [, loud] = sealed
    expect(loud && (await openingsOf(room.database, loud))).toMatchObject([
      { kind: 'processing', job: 'prioritising', person: 'tutela', ending: 'complete' },
    ])
    expect(await orderCases(screen, prioritiser, stop)).toEqual({ ordered: 0, failed: 0 })
    await expectFolded(room.database, 'case:', 'case-item:')
  })

  test('that is lost leaves the order as it is, and is asked again of what it had not said', async () => {
    let isThere = false
    const lost = new Fault('decoder.unavailable', 'it rests')
    const { room, evidence, drawn, prioritiser, screen } = await desk((pixels) =>
      pixels === 'first' || isThere ? { kind: 'scores', scores: EXPLICIT } : lost,
    )
    const { number } = await caseOf(room, evidence, [{ bytes: 'first' }, { bytes: 'second' }])
    expect(await orderCases(screen, prioritiser, stop)).toMatchObject({
      ordered: 0,
      failed: 1,
      because: lost,
    })
    expect((await caseNamed(room.database, number)).priority.ordered).toBeUndefined()
    const before = drawn.length
    isThere = true
    expect(await orderCases(screen, prioritiser, stop)).toEqual({ ordered: 1, failed: 0 })
    expect(drawn.slice(before)).toHaveLength(3 - before)
    expect((await caseNamed(room.database, number)).priority.ordered?.points).toBe(9)
  })

  test('is asked nothing while it rests, or the vault is locked', async () => {
    const { room, evidence, drawn, model, prioritiser, screen } = await desk(() => new Error('asked'))
    await caseOf(room, evidence, [{ bytes: 'one' }])
    model.isResting = true
    expect(await orderCases(screen, prioritiser, stop)).toEqual({ ordered: 0, failed: 0 })
    expect(drawn).toEqual([])
  })
})

test('how many places a word moved a case is what the two orders say', async () => {
  const { database } = await temporaryDatabase()
  const all = fc.sample(standings, { numRuns: 40, seed: 7 })
  const unique = [...new Map(all.map((one) => [one.number, one])).values()]
  await database.transaction(async (tx) => {
    for (const { number, priority } of unique)
      await openCase(tx, { number, kind: 'hotline', priority, state: 'waiting' }, signed)
  })
  const numbers = unique.map(({ number }) => number)
  const without = unique.map(({ number, priority: { ordered: _, ...priority } }) => ({ number, priority }))
  const places = (standing: typeof unique) =>
    new Map(standing.toSorted(compareStandings).map(({ number }, place) => [number, place]))
  const [one, other] = [places(without), places(unique)]
  const moved = await placesMoved(database, numbers)
  expect(numbers.map((number) => moved.get(number))).toEqual(
    numbers.map((number) => (one.get(number) ?? 0) - (other.get(number) ?? 0)),
  )
  expect([...moved.values()].some((places) => places !== 0)).toBe(true)
  const rows = await queue(database, { limit: 100, offset: 0 })
  expect(rows.map(({ number }) => number)).toEqual(
    unique.toSorted(compareStandings).map(({ number }) => number),
  )
})

test('scores come to whole points within ten, and nsfwjs never lowers', () => {
  const score = fc.float({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(
      fc.array(score, { minLength: 5, maxLength: 5 }),
      fc.integer({ min: -10, max: 10 }),
      (scores, weight) => {
        const { points } = weighed(scores, NSFWJS_OUTPUTS)
        expect(points).toBeGreaterThanOrEqual(0)
        const all = weighed(
          scores,
          scores.map((_, at) => ({ at, weight })),
        )
        for (const one of [points, all.points]) {
          expect(Number.isInteger(one) && !Object.is(one, -0)).toBe(true)
          expect(Math.abs(one)).toBeLessThanOrEqual(10)
        }
      },
    ),
  )
})
