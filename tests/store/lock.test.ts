/** Lock: one holder at a time, who learns of the loss. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { heldLocks, holdLock } from '#store/lock'
import { temporaryDatabase } from '../support/database.ts'

const someName = () => `test-${randomBytes(6).toString('hex')}`

test('no two locks are of one number', async () => {
  const files = (await readdir('src', { recursive: true })).filter((name) => name.endsWith('.ts'))
  const texts = await Promise.all(files.map((name) => readFile(`src/${name}`, 'utf8')))
  const numbers = texts.flatMap((text) => text.match(/\b0x7475_[0-9a-f]{4}\b/g) ?? [])
  expect(numbers.length).toBeGreaterThan(2)
  expect(new Set(numbers).size).toBe(numbers.length)
})

describe('a lock of the database', () => {
  test('is held by one, and by the next once it is released', async () => {
    const { config, database } = await temporaryDatabase()
    const name = someName()
    const first = await holdLock(config, name)
    expect(await holdLock(config, name)).toBeUndefined()
    expect(await heldLocks(database)).toEqual([name])
    await first?.release()
    expect(await heldLocks(database)).toEqual([])
    expect(first?.lost.aborted).toBe(false)
    const second = await holdLock(config, name)
    expect(second).toBeDefined()
    await second?.release()
  })

  test('tells its holder when the connection is cut, and is free then', async () => {
    const { config, database } = await temporaryDatabase()
    const name = someName()
    const held = await holdLock(config, name)
    const lost = once(held?.lost ?? new AbortController().signal, 'abort')
    await database.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1',
      [`tutela ${name}`],
    )
    await lost
    const next = await holdLock(config, name)
    expect(next).toBeDefined()
    await next?.release()
  })

  test('cannot be held where no database answers', async () => {
    await expect(holdLock({ host: '127.0.0.1', port: 1 }, someName())).rejects.toMatchObject({
      code: 'store.unreachable',
    })
  })
})
