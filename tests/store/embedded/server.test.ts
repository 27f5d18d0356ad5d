/** The embedded server: who starts it, who stops it, and what a kill of either leaves. */
import { once } from 'node:events'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { placeOf } from '#store/embedded/place'
import { Server } from '#store/embedded/server'
import { openStore } from '#store/open'
import { dataPlace, serverNumber, somePlace, user } from './ground.ts'

const POLLING = { timeout: 30_000, interval: 20 }

describe('a data directory that is not there', () => {
  test('is not made by whoever may only look', async () => {
    const data = await dataPlace()
    await expect(openStore({ data, create: false })).rejects.toMatchObject({
      code: 'store.missing',
      message: expect.stringContaining(data),
    })
    await expect(stat(data)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('is made once by several who come at the same time', async () => {
    const data = await dataPlace()
    const servers = await Promise.all([1, 2].map(() => Server.open({ data, create: true })))
    const ids = await Promise.all(servers.map(({ config }) => identity(config)))
    expect(new Set(ids).size).toBe(1)
    expect((await readdir(data)).filter((name) => name.endsWith('.part'))).toEqual([])
    await Promise.all(servers.map((server) => server.close()))
    expect(await serverNumber(data)).toBeUndefined()
  })
})

describe('a data directory', () => {
  let data = ''
  let remove = async () => {}

  beforeAll(async () => {
    ;({ data, remove } = await somePlace())
    await (await openStore({ data, create: true })).close()
  })
  afterAll(() => remove())

  test('holds a database that only its password opens, by a socket in a private folder, forced to the disk', async () => {
    const store = await openStore({ data, create: false })
    const { rows } = await store.database.query(
      `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit',
         'listen_addresses', 'data_checksums', 'server_encoding') ORDER BY name`,
    )
    expect(rows.map(({ name, setting }) => `${name}=${setting}`)).toEqual([
      'data_checksums=on',
      'fsync=on',
      'full_page_writes=on',
      'listen_addresses=',
      'server_encoding=UTF8',
      'synchronous_commit=on',
    ])
    expect((await stat(placeOf(data).socket)).mode & 0o777).toBe(0o700)
    expect((await stat(placeOf(data).password)).mode & 0o777).toBe(0o600)
    const stranger = { ...store.config, password: 'guessed' }
    await expect(asked(stranger, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' })
    await store.close()
  })

  test('is stopped by the last of those who use it, and by none before', async () => {
    const here = await openStore({ data, create: false })
    const other = user(data)
    await other.opened
    const pid = await serverNumber(data)
    await here.close()
    expect(await serverNumber(data)).toBe(pid)
    expect(await other.close()).toBe(0)
    expect(await serverNumber(data)).toBeUndefined()
  })

  test('serves the next after its only user was killed, who stops it', async () => {
    const killed = user(data)
    await killed.opened
    killed.child.kill('SIGKILL')
    await once(killed.child, 'close')
    const pid = await serverNumber(data)
    expect(pid).toBeDefined()
    const next = await openStore({ data, create: false })
    expect(await serverNumber(data)).toBe(pid)
    await next.close()
    expect(await serverNumber(data)).toBeUndefined()
  })

  test('has its server started again when that was killed in use, with all that was committed', async () => {
    let recovered = 0
    const store = await openStore({ data, create: false, recovered: () => void recovered++ })
    await store.database.query('CREATE TABLE kept (n int)')
    await store.database.query('INSERT INTO kept VALUES (7)')
    const pid = await serverNumber(data)
    process.kill(pid ?? 0, 'SIGKILL')
    await expect.poll(() => recovered, POLLING).toBe(1)
    expect((await store.database.query('SELECT n FROM kept')).rows).toEqual([{ n: 7 }])
    expect(await serverNumber(data)).not.toBe(pid)
    await store.close()
    expect(await serverNumber(data)).toBeUndefined()
  })

  test('opens past a lock file whose number is by now that of another process', async () => {
    const place = placeOf(data)
    const { pid } = process
    const lock = [pid, place.cluster, 1, 5432, place.socket, '', '  1 1', 'ready   ', '']
    await writeFile(join(place.cluster, 'postmaster.pid'), lock.join('\n'))
    await writeFile(join(place.socket, '.s.PGSQL.5432.lock'), `${pid}\n${place.cluster}\n`)
    const store = await openStore({ data, create: false })
    expect((await store.database.query('SELECT 1')).rowCount).toBe(1)
    await store.close()
  })

  test('keeps a log in which no statement and no value is', async () => {
    const store = await openStore({ data, create: false })
    await expect(store.database.query(`SELECT 'told-nobody'::int`)).rejects.toThrow()
    await store.close()
    const { log } = placeOf(data)
    const texts = await Promise.all((await readdir(log)).map((name) => readFile(join(log, name), 'utf8')))
    expect(texts.join('')).toContain('ready to accept connections')
    expect(texts.join('')).not.toContain('told-nobody')
  })

  test('of another version of PostgreSQL is refused with the way on', async () => {
    const version = join(placeOf(data).cluster, 'PG_VERSION')
    const own = await readFile(version, 'utf8')
    const opened = async (stated: string) => {
      await writeFile(version, stated)
      return openStore({ data, create: true })
    }
    await expect(opened('99\n')).rejects.toMatchObject({ code: 'store.newer' })
    await expect(opened('x\n')).rejects.toMatchObject({ code: 'store.damaged' })
    await expect(opened('17\n')).rejects.toMatchObject({
      code: 'store.unavailable',
      message: expect.stringContaining('take a backup with the Tutela that made it'),
    })
    await (await opened(own)).close()
  })
})

async function identity(config: pg.ClientConfig): Promise<unknown> {
  const { rows } = await asked(config, 'SELECT system_identifier FROM pg_control_system()')
  return rows[0]?.['system_identifier']
}

async function asked(config: pg.ClientConfig, statement: string): Promise<pg.QueryResult> {
  const client = new pg.Client(config)
  try {
    await client.connect()
    return await client.query(statement)
  } finally {
    await client.end().catch(() => undefined)
  }
}
