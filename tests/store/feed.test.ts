/** Feed: what the index in service is told of a register in PostgreSQL, held against the tables themselves. */
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ServiceIndex } from '#index/service/service-index'
import type { Database } from '#store/database'
import { RegisterFeed } from '#store/feed'
import { judge } from '#store/judgements'
import { createList, listNamed, removeList, setTerms } from '#store/lists'
import { applySteps } from '#store/steps'
import { md5, pdqHash, sha256 } from '#terms/hash'
import type { Fingerprint, RegisterHit } from '#terms/lookup'
import { type EntryPut, type EntryStep, TRUSTS } from '#terms/register'
import { temporaryDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'

const signed = { actor: 'operator:test', at: new Date('2026-03-04T05:06:07.000Z') } as const
const LISTS = ['first', 'second'] as const
const terms = { kind: 'alert', publisher: 'P', terms: 'T', uses: ['gate'], trust: 'confirmed' } as const

/** Few values, so that entries share hashes. */
const digit = (place: number): string => 'abcdef0123'[place] ?? '0'
const pdqOf = (place: number): string => `${digit(place >> 2).repeat(63)}${digit(place & 3)}`

const anyPut = fc.record({ key: fc.nat(6), hash: fc.nat(9), pdq: fc.nat(9), category: fc.nat(2) })
const anyList = fc.constantFrom(...LISTS)
const anyAct = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('put' as const), list: anyList, puts: fc.array(anyPut) }),
  },
  fc.record({ kind: fc.constant('withdraw' as const), list: anyList, key: fc.nat(6) }),
  fc.record({ kind: fc.constant('judge' as const), entry: fc.integer({ min: 1, max: 12 }), as: fc.nat(4) }),
  fc.record({ kind: fc.constant('terms' as const), list: anyList }),
  fc.record({ kind: fc.constant('remove' as const), list: anyList }),
  fc.constant({ kind: 'reopen' as const }),
)
type Act = typeof anyAct extends fc.Arbitrary<infer T> ? T : never

function putOf({
  key,
  hash,
  pdq,
  category,
}: {
  key: number
  hash: number
  pdq: number
  category: number
}): EntryPut {
  const put = {
    key: `k${key}`,
    ...(hash < 6 && { md5: md5(digit(hash).repeat(32)) }),
    ...(hash > 3 && { sha256: sha256(digit(hash).repeat(64)) }),
    ...(pdq < 8 && { pdq: pdqHash(pdqOf(pdq)) }),
    ...(category > 0 && { categories: { test: [`c${category}`] } }),
  }
  return put as EntryPut
}

async function act(database: Database, done: Act): Promise<void> {
  switch (done.kind) {
    case 'put': {
      const steps = done.puts.map((put): EntryStep => ({ kind: 'put', entry: putOf(put) }))
      await applySteps(database, done.list, batches(steps), { kind: 'import', signed })
      return
    }
    case 'withdraw': {
      const steps: EntryStep[] = [{ kind: 'withdraw', key: `k${done.key}`, because: 'wrong' }]
      await applySteps(database, done.list, batches(steps), { kind: 'edit', signed })
      return
    }
    case 'judge': {
      const trust = TRUSTS[done.as] ?? null
      const disabledUntil = done.as % 2 === 1 ? 'always' : null
      const given = { trust, disabledUntil, because: 'looked at' } as const
      const isThere = await database.query(
        'SELECT FROM entry JOIN list ON list.id = list WHERE row = $1 AND entry = row AND removed_at IS NULL',
        [done.entry],
      )
      if (isThere.rows.length > 0) await database.transaction((tx) => judge(tx, done.entry, given, signed))
      return
    }
    case 'terms': {
      const list = await listNamed(database, done.list)
      await database.transaction((tx) =>
        setTerms(tx, list, { uses: list.uses.length === 1 ? ['gate', 'scan'] : ['gate'] }, signed),
      )
      return
    }
    case 'remove': {
      const list = await listNamed(database, done.list)
      await database.transaction((tx) => removeList(tx, list, 'over', signed))
      await database.transaction((tx) => createList(tx, done.list, terms, signed))
      return
    }
    case 'reopen':
  }
}

async function* batches(steps: readonly EntryStep[]): AsyncIterable<readonly EntryStep[]> {
  yield steps
}

/** All hits of everything that stands, as the tables have them. */
async function linear(database: Database, { digests, pdq }: Fingerprint): Promise<unknown[]> {
  const { rows } = await database.query<{ found: unknown }>(
    `SELECT jsonb_build_array(e.row, e.entry, e.list, e.trust, coalesce(e.categories, '{}'), j.trust,
              j.disabled_until = 'infinity', basis) AS found
     FROM entry e JOIN list l ON l.id = e.list AND l.removed_at IS NULL
     LEFT JOIN judgement j ON j.entry = e.entry AND j.until IS NULL
     CROSS JOIN LATERAL (VALUES ('sha256', e.sha256 = decode($1, 'hex')), ('md5', e.md5 = decode($2, 'hex')),
       ('pdq', bit_count(('x' || encode(e.pdq, 'hex'))::bit(256) # ('x' || $3)::bit(256)) <= 31)) AS v (basis, hits)
     WHERE e.until IS NULL AND hits`,
    [digests.sha256, digests.md5, Buffer.from(pdq[0]?.hash ?? '').toString('hex')],
  )
  return rows.map(({ found }) => JSON.stringify(found)).sort()
}

function told({ row, entry, list, trust, categories, judged, disabledUntil, basis }: RegisterHit): string {
  const judgement = judged ? TRUSTS.indexOf(judged) + 1 : null
  const disabled = disabledUntil === undefined ? null : disabledUntil === Number.POSITIVE_INFINITY
  return JSON.stringify([row, entry, list, TRUSTS.indexOf(trust) + 1, categories, judgement, disabled, basis])
}

function fingerprint(hash: number, pdq: number): Fingerprint {
  return {
    digests: { md5: digit(hash).repeat(32), sha256: digit(hash).repeat(64) },
    pdq: [{ frame: 0, region: 'whole', orientation: 'orig', hash: Buffer.from(pdqOf(pdq), 'hex') }],
  }
}

describe('the feed of the register', () => {
  test('lets an index answer as the tables do after every change', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyAct, { minLength: 4, maxLength: 10 }), async (acts) => {
        const { database } = await temporaryDatabase()
        for (const list of LISTS) await database.transaction((tx) => createList(tx, list, terms, signed))
        const folder = await temporaryFolder()
        const open = () => ServiceIndex.open({ folder, feed: new RegisterFeed(database), threads: 0 })
        let index = open()
        onTestFinished(() => index.close())
        for (const done of acts) {
          await act(database, done)
          if (done.kind === 'reopen') {
            await index.close()
            index = open()
          }
          await index.catchUp()
          for (const [hash, pdq] of [
            [4, 0],
            [5, 3],
            [1, 6],
          ] as const) {
            const asked = fingerprint(hash, pdq)
            expect(index.hits(asked).hits.map(told).sort()).toEqual(await linear(database, asked))
          }
        }
        await index.close()
        await database.close()
      }),
      { numRuns: 3 },
    )
  })

  test('says of a list what it was after each change, whatever came later', async () => {
    const { database } = await temporaryDatabase()
    await database.transaction((tx) => createList(tx, 'first', terms, signed))
    for (const [day, keys] of [
      [1, [1]],
      [2, [2, 3]],
    ] as const) {
      const steps = keys.map((key): EntryStep => {
        return { kind: 'put', entry: putOf({ key, hash: 0, pdq: 8, category: 0 }) }
      })
      await applySteps(database, 'first', batches(steps), { kind: 'import', signed })
      await database.query('UPDATE change SET numbered_at = $1 WHERE number = $2', [
        new Date(Date.UTC(2026, 4, day)),
        day + 1,
      ])
    }
    const said: unknown[] = []
    for await (const { list } of new RegisterFeed(database).after(1))
      said.push([list?.entries, list?.changedAt])
    expect(said).toEqual([
      [1, '2026-05-01T00:00:00.000Z'],
      [3, '2026-05-02T00:00:00.000Z'],
    ])
  })
})
