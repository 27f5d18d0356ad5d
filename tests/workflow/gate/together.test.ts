import { describe, expect, test } from 'vitest'
import type { Client } from '#terms/client'
import type { Fingerprint, RegisterHits } from '#terms/lookup'
import type { RegisterIndex } from '#terms/register-index'
import { Together } from '#workflow/gate/together'
import { Views } from '#workflow/gate/view'

const POLICY = { same: 'block', near: 'hold', doubted: 'hold', unknown: 'hold', plain: 'allow' } as const
const HASH = '0f'.repeat(32)

function client(id: number): Client {
  return { id, name: `client ${id}`, scopes: ['match', 'detail'], policy: POLICY } as Client
}

/** An index that hits every hash, and notes how many it was asked for at once. */
function noting(): { index: RegisterIndex; asked: number[] } {
  const asked: number[] = []
  const list = {
    id: 1,
    name: 'known',
    kind: 'alert',
    uses: ['gate'],
    enabledRatio: 1,
    entries: 1,
    changedAt: '',
  } as const
  const lists = new Map([[1, list]])
  const hit = {
    row: 1,
    entry: 7,
    list: 1,
    trust: 'confirmed',
    categories: {},
    basis: 'pdq',
    distance: 3,
    query: 0,
  } as const
  const index: RegisterIndex = {
    state: { kind: 'ready', number: 1 },
    hits: () => ({ hits: [hit], more: false }),
    hitsMany: async (fingerprints: readonly Fingerprint[]): Promise<readonly RegisterHits[]> => {
      asked.push(fingerprints.length)
      return fingerprints.map(() => ({ hits: [hit], more: false }))
    },
    lists: () => lists,
    catchUp: async () => undefined,
  }
  return { index, asked }
}

function together(index: RegisterIndex): Together {
  return new Together({ index, views: new Views(index), now: () => new Date('2026-01-01T00:00:00Z') })
}

describe('together', () => {
  test('what is asked in one turn is looked up at once, for each client apart', async () => {
    const { index, asked } = noting()
    const gathered = together(index)
    const [one, other] = [client(1), client(2)]
    const item = { pdq: [{ hash: HASH, quality: 100 }] }
    const verdicts = await Promise.all([
      gathered.match(one, item),
      gathered.match(other, item),
      gathered.match(one, item),
    ])
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['match', 'match', 'match'])
    expect(asked.sort()).toEqual([1, 2])
  })

  test('an item that is no item fails alone', async () => {
    const { index } = noting()
    const gathered = together(index)
    const item = { pdq: [{ hash: HASH, quality: 100 }] }
    const [good, bad] = await Promise.allSettled([
      gathered.match(client(1), item),
      gathered.match(client(1), {}),
    ])
    expect(good.status).toBe('fulfilled')
    expect(bad).toMatchObject({ status: 'rejected', reason: { code: 'request.invalid' } })
  })

  test('while the index is built every one of them is told so, and the next turn asks anew', async () => {
    const { index } = noting()
    let isBuilding = true
    const gathered = together({
      ...index,
      get state() {
        return isBuilding ? ({ kind: 'building' } as const) : ({ kind: 'ready', number: 1 } as const)
      },
    })
    const item = { pdq: [{ hash: HASH, quality: 100 }] }
    const early = await Promise.allSettled([gathered.match(client(1), item), gathered.match(client(1), item)])
    expect(early).toMatchObject([
      { reason: { code: 'index.not-ready' } },
      { reason: { code: 'index.not-ready' } },
    ])
    isBuilding = false
    await expect(gathered.match(client(1), item)).resolves.toMatchObject({ verdict: 'match' })
  })
})
