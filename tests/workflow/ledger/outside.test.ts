/** Outside: checkpoints put with a witness and a time-stamping service, and what shows when they have seen something else. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ask } from '#ground/wire/ask'
import { openLogKey } from '#notary/log-key'
import { anchorTries, lastCheckpoint } from '#store/anchors'
import { append } from '#store/append'
import type { Session } from '#store/database'
import type { Canonical } from '#terms/event'
import { anchoring, anchorOnce, askingWitnesses, type Outside } from '#workflow/ledger/anchoring'
import type { Fold } from '#workflow/ledger/folds'
import { prove } from '#workflow/ledger/prove'
import { startSequencer } from '#workflow/ledger/sequencer'
import { withStoredLedger } from '#workflow/ledger/stored'
import { refold } from '#workflow/ledger/verify/refold'
import { verifyLedger } from '#workflow/ledger/verify/verify'
import { fakeTimestamps } from '../../notary/fake-timestamps.ts'
import { fakeWitness } from '../../notary/fake-witness.ts'
import { ledgerGround, ORIGIN } from './ground.ts'

async function outsideGround() {
  const ground = await ledgerGround()
  const { verifier: log } = await openLogKey({ folder: ground.folder, origin: ORIGIN, mayMake: true })
  const { witness, ...rest } = await fakeWitness(log, ground.now)
  const { service, answerWrongly } = await fakeTimestamps(ground.now)
  const outside: Outside = { witnesses: [witness], timestamps: [service], mails: [], everySeconds: 60, ask }
  const verify = () =>
    withStoredLedger(ground.database, join(ground.folder, 'checkpoints'), (copy) =>
      verifyLedger(copy, { log, witnesses: [witness.key], timestampRoots: service.roots }),
    )
  const anchor = () => anchorOnce(ground, outside, log)
  return { ...rest, ...ground, outside, anchor, verify, answerWrongly }
}

describe('anchoring', () => {
  test('has each newer checkpoint cosigned and stamped, once, and both are verified', async () => {
    const ground = await outsideGround()
    const taken: number[] = []
    for (const count of [7, 300, 0]) {
      await ground.write(count)
      await ground.number()
      taken.push(await ground.anchor())
    }
    expect(taken).toEqual([2, 2, 0])
    await ground.write(1)
    await ground.number()
    const { faults, anchored, size } = await ground.verify()
    expect([faults, size]).toEqual([[], 308])
    expect(anchored).toMatchObject([
      { kind: 'file', size: 308 },
      { kind: 'witness', size: 307, at: '2026-05-01T10:00:00.000Z' },
      { kind: 'timestamp', size: 307, at: '2026-05-01T10:00:00.000Z' },
    ])
    const proof = await prove(ground.database, { leaf: 3 })
    expect(proof).toMatchObject({
      kind: 'proof',
      size: 307,
      text: expect.stringContaining('— witness.example '),
    })
    expect(await prove(ground.database, { leaf: 307 })).toMatchObject({ size: 308 })
  })

  test('goes on from what the witness saw, where that is not what is known here', async () => {
    const ground = await outsideGround()
    await ground.write(5)
    await ground.number()
    const five = await lastCheckpoint(ground.database)
    ground.saw(five)
    await ground.write(5)
    await ground.number()
    expect(await ground.anchor()).toBe(2)
  })

  test('says so where the witness has seen more leaves, or another tree, or answers with nothing', async () => {
    const ground = await outsideGround()
    await ground.write(5)
    await ground.number()
    const five = await lastCheckpoint(ground.database)
    const because = async (): Promise<string | undefined> => {
      await ground.anchor()
      const tries = await anchorTries(ground.database)
      return tries.find(({ kind }) => kind === 'witness')?.failedBecause
    }
    ground.saw({ size: 9, root: Buffer.alloc(32) })
    expect(await because()).toMatch(/has seen 9 leaves, and there are 5: a tail is missing here/)
    ground.saw({ size: 3, root: Buffer.alloc(32) })
    expect(await because()).toMatch(/says that the tree has not grown of the one that it saw/)
    ground.saw(undefined)
    ground.answerOnce({ status: 200, body: '— someone.else AAAA\n' })
    expect(await because()).toMatch(/without its signature/)
    ground.answerOnce({ status: 503 })
    expect(await because()).toMatch(/answers 503/)
    expect(await because()).toBeUndefined() // the last try was taken
    expect(five?.size).toBe(5)
  })

  test('keeps no time stamp that is not one of the checkpoint', async () => {
    const ground = await outsideGround()
    await ground.write(5)
    await ground.number()
    ground.answerWrongly({ imprint: Buffer.alloc(32, 1) })
    expect(await ground.anchor()).toBe(1)
    const tries = await anchorTries(ground.database)
    expect(tries).toMatchObject([
      { kind: 'timestamp', size: 0, failedBecause: 'a time stamp: the time stamp is for something else' },
      { kind: 'witness', size: 5 },
    ])
  })

  test('nothing is signed where a witness has seen more; one that is away, or knows nothing, keeps nobody', async () => {
    const ground = await outsideGround()
    await ground.write(5)
    await ground.number()
    await ground.write(1)
    const errors: string[] = []
    const log = { ...ground.log, error: (...said: unknown[]) => errors.push(JSON.stringify(said)) }
    const first = askingWitnesses(ground, ground.outside)
    const start = () => startSequencer({ ...ground, log }, { first })
    const size = async (): Promise<number | undefined> => (await lastCheckpoint(ground.database))?.size
    ground.saw({ size: 9, root: Buffer.alloc(32) })
    const refused = start()
    await expect
      .poll(() => errors[0], { timeout: 10_000 })
      .toContain('has seen 9 leaves, and the database has 5')
    await refused.stop()
    expect(await size()).toBe(5)
    for (const [status, then] of [
      [503, 6],
      [404, 7],
    ] as const) {
      ground.saw(undefined)
      ground.answerOnce({ status })
      const running = start()
      await expect.poll(size, { timeout: 10_000 }).toBe(then)
      await running.stop()
      await ground.write(1)
    }
  })

  test('runs beside the numbering, and a deleted tail shows by the witness alone', async () => {
    const ground = await outsideGround()
    await ground.write(6)
    const sequencer = startSequencer(ground, { beside: anchoring(ground, ground.outside) })
    const size = async (): Promise<number | undefined> =>
      (await anchorTries(ground.database)).find(({ kind }) => kind === 'witness')?.size
    await expect.poll(size, { timeout: 10_000 }).toBe(6)
    await sequencer.stop()
    // As one would who has the key and the file: what is left fits together, but for what others gave.
    await ground.database.query('DELETE FROM leaf WHERE number >= 5; DELETE FROM event WHERE id > 5')
    await ground.database.query('DELETE FROM checkpoint; UPDATE tile SET hashes = substr(hashes, 1, 160)')
    await rm(join(ground.folder, 'checkpoints'))
    const { faults } = await ground.verify()
    expect(faults.map(({ place, says }) => `${place}: ${says}`)).toEqual(
      expect.arrayContaining([
        'witness of witness.example for 6 leaves: is for 6 leaves, and there are 5: the tail is missing',
      ]),
    )
  })
})

describe('a proof', () => {
  test('is pending until its leaf has a number, and there is none of what there is not', async () => {
    const ground = await ledgerGround()
    await ground.write(1)
    expect(await prove(ground.database, { stream: 'thing:0', version: 1 })).toEqual({ kind: 'pending' })
    await ground.number()
    expect(await prove(ground.database, { stream: 'thing:0', version: 1 })).toMatchObject({
      kind: 'proof',
      leaf: 0,
    })
    for (const unknown of [
      { leaf: 1 },
      { stream: 'thing:0', version: 2 ** 31 },
      { stream: 'thing:0', version: 9_999_999_999 },
      { stream: 'thing:\0', version: 1 },
    ])
      await expect(prove(ground.database, unknown)).rejects.toMatchObject({ code: 'ledger.unknown' })
  })
})

describe('the state', () => {
  test('that does not follow from its events is found, with the field; and events that have no place', async () => {
    const ground = await ledgerGround()
    await ground.write(6)
    const count = async (_session: Session, stream: string): Promise<Canonical | undefined> =>
      stream === 'thing:0' ? { versions: 3, word: 'as it was' } : undefined
    const fold = (kinds: readonly string[], word: string): Fold => ({
      prefix: 'thing:',
      kinds,
      expected: (events) => ({ versions: events.length, word }),
      actual: count,
    })
    const found = async (given: Fold): Promise<string[]> => {
      const { faults } = await refold(ground.database, [given])
      return faults.map(({ place, says }) => `${place}: ${says}`)
    }
    const lost = 'thing:1: has events, and there is no state for them'
    expect(await found(fold(['thing.done'], 'as it was'))).toEqual([lost])
    expect(await found(fold(['thing.done'], 'as it is'))).toEqual([
      'thing:0: its state does not follow from its events: word',
      lost,
    ])
    expect(await found(fold(['thing.made'], 'as it was'))).toEqual([
      'thing:0 version 1: thing.done has no place in this stream',
      'thing:1 version 1: thing.done has no place in this stream',
    ])
  })

  test('of what leaves nothing but its event is that it was written once; streams that no fold is for are counted', async () => {
    const ground = await ledgerGround()
    await ground.write(3)
    const signed = { actor: 'tutela', at: ground.now() } as const
    const put = (after: number) =>
      ground.database.transaction((tx) =>
        append(tx, 'refusal:r-1', after, [{ kind: 'act.refused', body: { act: 'view' } }], signed),
      )
    await put(0)
    expect(await refold(ground.database)).toMatchObject({ streams: 1, unfolded: { thing: 1 }, faults: [] })
    await put(1)
    const { faults } = await refold(ground.database)
    expect(faults).toMatchObject([{ place: 'refusal:r-1', says: expect.stringContaining('does not follow') }])
  })
})
