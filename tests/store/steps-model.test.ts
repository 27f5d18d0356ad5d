/** Steps against a model: whatever is done to a list, by whichever way it goes in, the list is what a plain map would be. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EntryStep } from '#terms/register'
import { databaseOfFile, idOf, madeList, md5Of, put, signed } from '../support/register.ts'

const file = databaseOfFile()

const step = fc.oneof(
  fc
    .record({ key: fc.integer({ min: 0, max: 5 }), label: fc.constantFrom('a', 'b\\', '\t', '\\N', 'é\n') })
    .map(({ key, label }): EntryStep => put({ key: `k${key}`, md5: md5Of(key), label })),
  fc
    .integer({ min: 0, max: 5 })
    .map((key): EntryStep => ({ kind: 'withdraw', key: `k${key}`, because: 'x' })),
)
const change = fc.record({ steps: fc.array(step, { maxLength: 8 }), whole: fc.boolean() })

/** What steps come to where the last word on a key holds. */
function after(
  before: ReadonlyMap<string, string>,
  steps: readonly EntryStep[],
  whole: boolean,
): Map<string, string> {
  const list = new Map(whole ? [] : before)
  for (const one of steps) {
    if (one.kind === 'put') list.set(one.entry.key ?? '', one.entry.label ?? '')
    else list.delete(one.key)
  }
  return list
}

test('a list is what a map would be, now and after each of its changes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
      const list = await madeList(file.database)
      let model: ReadonlyMap<string, string> = new Map()
      const then: { readonly id: number; readonly model: ReadonlyMap<string, string> }[] = []
      for (const { steps, whole } of changes) {
        const applied = await list.apply(steps, { whole, repeats: 'last', signed })
        const next = after(model, steps, whole)
        const added = [...next.keys()].filter((key) => !model.has(key)).length
        const withdrawn = [...model.keys()].filter((key) => !next.has(key)).length
        const replaced = [...next].filter(([key, label]) => model.has(key) && model.get(key) !== label).length
        expect(applied).toMatchObject({ added, withdrawn, replaced })
        model = next
        if ('id' in applied) then.push({ id: idOf(applied), model })
      }
      for (const { id, model } of then) {
        const entries = await list.entries(id)
        expect(new Map(entries.map(({ key, label }) => [key, label]))).toEqual(model)
        expect(entries).toHaveLength(model.size)
      }
    }),
    { numRuns: 20 },
  )
})
