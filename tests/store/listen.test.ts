/** Listen: what is announced is heard, also after the connection was cut. */
import { expect, test } from 'vitest'
import { listen } from '#store/listen'
import { temporaryDatabase } from '../support/database.ts'

/** Things that come one after the other, each to be waited for. */
function arrivals<T>(): { came: (thing: T) => void; next: () => Promise<T> } {
  const things: T[] = []
  const waiting: ((thing: T) => void)[] = []
  return {
    came: (thing) => {
      const first = waiting.shift()
      if (first) first(thing)
      else things.push(thing)
    },
    next: async () => things.shift() ?? new Promise((resolve) => waiting.push(resolve)),
  }
}

test('an announcement is heard, and after a cut the listener is told to catch up and hears again', async () => {
  const { database, config } = await temporaryDatabase()
  const stop = new AbortController()
  const heard = arrivals<string>()
  const back = arrivals<true>()
  await listen(config, 'tutela_change', heard.came, { stop: stop.signal, again: () => back.came(true) })
  await database.query(`NOTIFY tutela_change, '1'`)
  expect(await heard.next()).toBe('1')
  await database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tutela tutela_change'
       AND datname = current_database()`,
  )
  expect(await back.next()).toBe(true)
  await database.query(`NOTIFY tutela_change, '2'`)
  expect(await heard.next()).toBe('2')
  stop.abort()
})

test('a listener that was stopped leaves no connection behind', async () => {
  const { database, config } = await temporaryDatabase()
  const stop = new AbortController()
  await listen(config, 'gone', () => undefined, { stop: stop.signal })
  stop.abort()
  const left = () =>
    database.query(
      `SELECT 1 FROM pg_stat_activity WHERE application_name = 'tutela gone' AND datname = current_database()`,
    )
  await expect.poll(async () => (await left()).rowCount).toBe(0)
})

test('a database that does not answer is a fault at the beginning', async () => {
  const { signal } = new AbortController()
  const begun = listen({ host: '127.0.0.1', port: 1 }, 'x', () => undefined, { stop: signal })
  await expect(begun).rejects.toMatchObject({ code: 'store.unreachable' })
})
