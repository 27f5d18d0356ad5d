/** Gone: a database that cannot be reached for a while, and everything that waits for it. */
import { connect, createServer, type Server, type Socket } from 'node:net'
import type pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { asFault, Database } from '#store/database'
import { listen } from '#store/listen'
import { holdLock } from '#store/lock'
import { temporaryDatabase } from '../support/database.ts'

const POLLING = { timeout: 20_000, interval: 20 }

/** A way to the database that can be cut and mended. */
class Way {
  readonly #to: pg.ClientConfig
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined
  port = 0

  constructor(to: pg.ClientConfig) {
    this.#to = to
  }

  async mend(): Promise<void> {
    const { host = '', port = 5432 } = this.#to
    this.#server = createServer((socket) => {
      const onward = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host)
      for (const one of [socket, onward]) {
        this.#sockets.add(one)
        one.on('error', () => {})
        one.on('close', () => this.#sockets.delete(one))
      }
      socket.pipe(onward).pipe(socket)
    })
    const server = this.#server
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve))
    const address = server.address()
    if (typeof address === 'object' && address) this.port = address.port
  }

  async cut(): Promise<void> {
    const server = this.#server
    const closed = new Promise((resolve) => server?.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }
}

async function reachable(): Promise<{ way: Way; config: pg.ClientConfig }> {
  const { config } = await temporaryDatabase()
  const way = new Way(config)
  await way.mend()
  onTestFinished(() => way.cut())
  return { way, config: { ...config, host: '127.0.0.1', port: way.port } }
}

test('while the database is gone each statement says so, and afterwards each works, with the same pool', async () => {
  const { way, config } = await reachable()
  const database = new Database(config, { connectionsMax: 3 })
  onTestFinished(() => database.close())
  const ask = () => database.query<{ n: number }>('SELECT 1 AS n')
  await Promise.all([ask(), ask(), ask()])
  await way.cut()
  for (let round = 0; round < 5; round++)
    await expect(ask()).rejects.toMatchObject({ code: 'store.unreachable' })
  await way.mend()
  await expect.poll(() => ask().then(({ rows }) => rows[0]?.n), POLLING).toBe(1)
  await expect(database.transaction((tx) => tx.query('SELECT 1'))).resolves.toMatchObject({ rowCount: 1 })
})

test('a transaction that was cut off is told to whoever ran it, and nothing of it is kept', async () => {
  const { way, config } = await reachable()
  const database = new Database(config, { connectionsMax: 2 })
  onTestFinished(() => database.close())
  await database.query('CREATE TABLE cut (n int)')
  const cutOff = database.transaction(async (tx) => {
    await tx.query('INSERT INTO cut VALUES (1)')
    await way.cut()
    await tx.query('INSERT INTO cut VALUES (2)')
  })
  await expect(cutOff).rejects.toMatchObject({ code: 'store.unreachable' })
  await way.mend()
  await expect
    .poll(() => database.query('SELECT 1 FROM cut').then(({ rowCount }) => rowCount), POLLING)
    .toBe(0)
})

test('a transaction in which a statement failed is never taken for kept, even where its fault was swallowed', async () => {
  const { database } = await temporaryDatabase()
  await database.query('CREATE TABLE swallowed (n int PRIMARY KEY)')
  const swallowing = database.transaction(async (tx) => {
    await tx.query('INSERT INTO swallowed VALUES (1)')
    await tx.query('INSERT INTO swallowed VALUES (1)').catch(() => undefined)
    return 'done'
  })
  await expect(swallowing).rejects.toThrow('its fault was lost')
  expect(await database.query('SELECT 1 FROM swallowed').then(({ rowCount }) => rowCount)).toBe(0)
})

test('however many transactions wait for a lock, what changes nothing is answered at once', async () => {
  const { config } = await temporaryDatabase()
  const database = new Database(config)
  onTestFinished(() => database.close())
  await database.query('CREATE TABLE locked (n int)')
  let unlock = (): void => {}
  const isLocked = new Promise<void>((locked) => {
    const first = database.transaction(async (tx) => {
      await tx.query('LOCK TABLE locked')
      locked()
      await new Promise<void>((resolve) => {
        unlock = resolve
      })
    })
    first.catch(() => undefined)
  })
  await isLocked
  const inserts = Array.from({ length: 30 }, () =>
    database.transaction((tx) => tx.query('INSERT INTO locked VALUES (1)')),
  )
  const asked = await Promise.all([1, 2, 3].map(() => database.query('SELECT pg_sleep(0.01)')))
  expect(asked).toHaveLength(3)
  unlock()
  await Promise.all(inserts)
  expect((await database.query('SELECT 1 FROM locked')).rowCount).toBe(30)
})

test('a database that takes no changes, or no more connections, is one that cannot be reached', async () => {
  const { config } = await temporaryDatabase()
  const database = new Database(
    { ...config, options: '-c default_transaction_read_only=on' },
    { connectionsMax: 1 },
  )
  onTestFinished(() => database.close())
  const change = database.query(`INSERT INTO counter VALUES ('read-only', 1)`)
  await expect(change).rejects.toMatchObject({ code: 'store.unreachable' })
  const full = Object.assign(new Error('sorry, too many clients already'), { code: '53300' })
  expect(() => asFault(full)).toThrow(expect.objectContaining({ code: 'store.unreachable' }))
})

test('a lock is lost with the database, and a listener hears again once it is back', async () => {
  const { way, config } = await reachable()
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const heard: string[] = []
  let caughtUp = 0
  const again = () => {
    caughtUp++
  }
  await listen(config, 'gone_test', (payload) => heard.push(payload), { stop: stop.signal, again })
  const held = await holdLock(config, 'gone-test')
  await way.cut()
  await expect.poll(() => held?.lost.aborted, POLLING).toBe(true)
  await way.mend()
  await expect.poll(() => caughtUp, POLLING).toBe(1)
  const database = new Database(config)
  onTestFinished(() => database.close())
  await database.query(`NOTIFY gone_test, 'x'`)
  await expect.poll(() => heard, POLLING).toEqual(['x'])
})
