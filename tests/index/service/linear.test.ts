/** Linear: whatever becomes of the register, the index in service answers as a search through all of it does. */
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type HitsOptions, ServiceIndex } from '#index/service/service-index'
import type { HashKind } from '#terms/hash'
import type { Fingerprint } from '#terms/lookup'
import { TRUSTS } from '#terms/register'
import { temporaryFolder } from '../../support/folder.ts'
import { MemoryRegister } from './register.ts'

/** Hashes drawn from few, near to each other, so that entries meet. */
const digits = (count: number) => (place: number) => (place % 3).toString().repeat(count)
const hashOf: Readonly<Record<HashKind, (place: number) => string>> = {
  md5: digits(32),
  sha1: digits(40),
  sha256: digits(64),
  pdq: (place) =>
    `${'0f'.repeat(30)}${(2 ** (place % 24) - 1).toString(16).padStart(4, '0')}`.padEnd(64, '0').slice(0, 64),
}

const maybe = fc.option(fc.nat(40), { nil: undefined })
const anyHashes = fc
  .record({ md5: maybe, sha1: maybe, sha256: maybe, pdq: maybe })
  .map((places) =>
    Object.fromEntries(
      Object.entries(places).flatMap(([kind, place]) =>
        place === undefined ? [] : [[kind, hashOf[kind as HashKind](place)]],
      ),
    ),
  )
const anyPut = fc.record({
  key: fc.nat(12).map(String),
  trust: fc.constantFrom(...TRUSTS),
  categories: fc.constantFrom({}, { a: ['1'] }, { b: ['2', '3'] }),
  hashes: anyHashes,
})
const anyList = fc.integer({ min: 1, max: 3 })
const anyAct = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('apply' as const),
      list: anyList,
      puts: fc.array(anyPut, { maxLength: 20 }),
      gone: fc.array(fc.nat(12).map(String), { maxLength: 6 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('judge' as const),
      place: fc.nat(30),
      trust: fc.option(fc.constantFrom(...TRUSTS), { nil: undefined }),
      disabledUntil: fc.option(fc.constantFrom(5, Number.POSITIVE_INFINITY), { nil: undefined }),
    }),
  },
  fc.record({ kind: fc.constant('unjudge' as const), place: fc.nat(30) }),
  fc.record({ kind: fc.constant('terms' as const), list: anyList }),
  fc.record({ kind: fc.constant('remove' as const), list: anyList }),
  fc.record({ kind: fc.constant('break' as const), after: fc.nat(6) }),
  fc.constant({ kind: 'reopen' as const }),
  fc.constant({ kind: 'other database' as const }),
)
type Act = typeof anyAct extends fc.Arbitrary<infer T> ? T : never

const options = fc.record({
  limit: fc.constantFrom(1, 2, 5, 1_000),
  distanceMax: fc.constantFrom(0, 7, 31),
  lists: fc.constantFrom(undefined, new Set([1]), new Set([2, 3])),
})
const anyQuery = fc.record({ hashes: anyHashes, more: fc.array(fc.nat(40), { maxLength: 2 }), options })

function act(register: MemoryRegister, done: Act): void {
  switch (done.kind) {
    case 'apply':
      if (!register.standing.has(done.list)) register.createList(done.list)
      register.apply(done.list, done.puts, done.gone)
      return
    case 'judge': {
      const { trust, disabledUntil } = done
      const version = register.versions[done.place]
      const judgement = { ...(trust && { trust }), ...(disabledUntil !== undefined && { disabledUntil }) }
      if (version) register.judge(version.entry, judgement)
      return
    }
    case 'unjudge': {
      const version = register.versions[done.place]
      if (version) register.judge(version.entry, undefined)
      return
    }
    case 'terms':
      if (register.standing.has(done.list)) register.setTerms(done.list, { uses: ['scan'] })
      return
    case 'remove':
      if (register.standing.has(done.list)) register.removeList(done.list)
      return
    case 'break':
      register.breakAfter = done.after
      return
    case 'other database':
      register.name += 'x'
      return
    case 'reopen':
  }
}

function fingerprint(
  hashes: Readonly<Partial<Record<HashKind, string>>>,
  more: readonly number[],
): Fingerprint {
  const { pdq, ...digests } = hashes
  const all = [...(pdq === undefined ? [] : [pdq]), ...more.map(hashOf.pdq)]
  return {
    digests,
    pdq: all.map((hex) => ({
      frame: 0,
      region: 'whole',
      orientation: 'orig',
      hash: Buffer.from(hex, 'hex'),
    })),
  }
}

async function expectEqual(
  index: ServiceIndex,
  register: MemoryRegister,
  queries: readonly { fingerprint: Fingerprint; options: HitsOptions }[],
): Promise<void> {
  const known = [...index.lists().values()].map(({ holds: _, ...list }) => list)
  expect(known.toSorted((a, b) => a.id - b.id)).toEqual(
    [...register.standing.values()].toSorted((a, b) => a.id - b.id),
  )
  for (const { fingerprint, options } of queries)
    expect(index.hits(fingerprint, options)).toEqual(register.linear(fingerprint, options))
  const all = queries.map(({ fingerprint }) => fingerprint)
  expect(await index.hitsMany(all, { limit: 3 })).toEqual(
    all.map((one) => register.linear(one, { limit: 3 })),
  )
}

describe('the index in service', () => {
  test('equals a linear search after any changes, merges, breaks, snapshots and reopenings', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyAct, { minLength: 3, maxLength: 14 }),
        fc.array(anyQuery, { minLength: 2, maxLength: 4 }),
        fc.constantFrom({ strokeRows: 0 }, { strokeRows: 8, mergeRows: 1 }, { mergeRows: 1, saveSeconds: 0 }),
        fc.boolean(),
        async (acts, asked, tuning, catchesUp) => {
          const register = new MemoryRegister()
          const folder = await temporaryFolder()
          const given = { folder, feed: register, threads: 0, told: register.told, ...tuning }
          let index = ServiceIndex.open(given)
          onTestFinished(() => index.close())
          const queries = asked.map(({ hashes, more, options: { lists, ...rest } }) => ({
            fingerprint: fingerprint(hashes, more),
            options: { ...rest, ...(lists && { lists }) },
          }))
          for (const done of acts) {
            act(register, done)
            if (done.kind === 'reopen') {
              await index.close()
              index = ServiceIndex.open(given)
            }
            if (!catchesUp && done.kind !== 'reopen') continue
            await index.catchUp()
            await expectEqual(index, register, queries)
          }
          register.breakAfter = Number.POSITIVE_INFINITY
          await index.catchUp(register.number)
          await expectEqual(index, register, queries)
          await index.close()
        },
      ),
      { numRuns: 30 },
    )
  })
})
