/** Hits: what the index in service answers, held against a search through every version. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { ServiceIndex, type ServiceIndexOptions } from '#index/service/service-index'
import type { Fingerprint } from '#terms/lookup'
import { temporaryFolder } from '../../support/folder.ts'
import { MemoryRegister } from './register.ts'

const A = 'a'.repeat(64)

async function opened(
  register: MemoryRegister,
  options: Partial<ServiceIndexOptions> = {},
): Promise<ServiceIndex> {
  const folder = await temporaryFolder()
  const index = ServiceIndex.open({ folder, feed: register, threads: 0, told: register.told, ...options })
  onTestFinished(() => index.close())
  await index.catchUp()
  return index
}

function pdq(...hex: string[]): Fingerprint {
  const hashes = hex.map((one) => Buffer.from(one, 'hex'))
  return {
    digests: {},
    pdq: hashes.map((hash) => ({ frame: 0, region: 'whole', orientation: 'orig', hash })),
  }
}

describe('hits', () => {
  test('name the entry, its list, what is said of it, and how near it is', async () => {
    const register = new MemoryRegister()
    register.createList(7)
    register.apply(7, [
      { key: 'k', trust: 'reported', categories: { vics: ['1'] }, hashes: { md5: 'b'.repeat(32), pdq: A } },
    ])
    const index = await opened(register)
    const { row, entry } = register.versions[0] ?? { row: 0, entry: 0 }
    const of = { row, entry, list: 7, trust: 'reported', categories: { vics: ['1'] } }
    const near = `${'a'.repeat(63)}b`
    expect(index.hits({ ...pdq(near), digests: { md5: 'b'.repeat(32) } })).toEqual({
      hits: [
        { ...of, basis: 'md5' },
        { ...of, basis: 'pdq', distance: 1, query: 0 },
      ],
      more: false,
    })
    expect(index.lists().get(7)?.holds).toEqual([9])
  })

  test('are found within a moment of a commit, and are gone with it', async () => {
    const register = new MemoryRegister()
    register.createList(1)
    const index = await opened(register)
    expect(index.hits(pdq(A)).hits).toEqual([])
    register.apply(1, [{ key: 'k', hashes: { pdq: A } }])
    await index.catchUp(register.number)
    expect(index.hits(pdq(A))).toEqual(register.linear(pdq(A), {}))
    expect(index.hits(pdq(A)).hits).toHaveLength(1)
    register.apply(1, [], ['k'])
    await index.catchUp(register.number)
    expect(index.hits(pdq(A)).hits).toEqual([])
  })
})
