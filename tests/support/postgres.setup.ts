/** Postgres: one PostgreSQL for the whole run, with a migrated template that each test clones. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { Database } from '#store/database'
import { superuserConfig } from '#store/embedded/passwords'
import { Server } from '#store/embedded/server'
import { migrate } from '#store/migrate'
import { type Pristine, pristineOf } from './emptied.ts'

/** A PostgreSQL for one run. */
interface Ruled {
  /** Its superuser's connection. */
  readonly config: pg.ClientConfig
  end(): Promise<void>
}

/** Called once before all tests; what it returns is called after them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env['DATABASE_URL']
  const { config, end } = url ? { config: parsed(url), end: async () => {} } : await embedded()
  try {
    const remove = await provideTemplate(project, config)
    return async () => {
      await remove()
      await end()
    }
  } catch (error) {
    await end()
    throw error
  }
}

/** Makes the template. @returns what removes it, and what was cloned from it and is still there */
async function provideTemplate(project: TestProject, config: pg.ClientConfig): Promise<() => Promise<void>> {
  const template = `tutela_template_${randomBytes(4).toString('hex')}`
  const ruler = new pg.Client({ ...config, database: 'postgres' })
  await ruler.connect()
  await ruler.query(`CREATE DATABASE ${template}`)
  const database = new Database({ ...config, database: template })
  await migrate(database).finally(() => database.close())
  project.provide('pristine', await pristineOfDatabase({ ...config, database: template }))
  project.provide('postgres', config)
  project.provide('template', template)
  return async () => {
    const { rows } = await ruler.query<{ name: string }>(
      'SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)',
      [template],
    )
    for (const { name } of rows) await ruler.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    await ruler.end()
  }
}

async function pristineOfDatabase(config: pg.ClientConfig): Promise<Pristine> {
  const client = new pg.Client(config)
  await client.connect()
  return pristineOf(client).finally(() => client.end())
}

/** The embedded one, in a folder of its own; nothing in it is worth forcing to the disk. */
async function embedded(): Promise<Ruled> {
  const folder = await mkdtemp('/tmp/tutela-postgres-') // a short path: the socket lies in it
  await chmod(folder, 0o711)
  const settings = {
    fsync: 'off',
    full_page_writes: 'off',
    synchronous_commit: 'off',
    max_connections: '300',
  }
  const server = await Server.open({ data: join(folder, 'data'), create: true, settings })
  const config = await superuserConfig(server.place)
  const guard = await guarded(folder, config)
  return {
    config,
    end: async () => {
      await server.close()
      await rm(folder, { recursive: true, force: true })
      guard()
    },
  }
}

/**
 * A child that stops the server and removes its folder when this process ends without having done so, even by kill -9: it reads
 * from a pipe that only this process holds.
 *
 * @returns what lets the child go
 */
async function guarded(folder: string, config: pg.ClientConfig): Promise<() => void> {
  const client = new pg.Client(config)
  await client.connect()
  const { rows } = await client.query<{ file: string }>(
    `SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1) AS file`,
  )
  await client.end()
  const script =
    'read -r word; [ "$word" = ended ] && exit; kill -INT "$1"; while kill -0 "$1"; do sleep 0.1; done; rm -rf "$2"'
  const guard = spawn('sh', ['-c', script, 'guard', rows[0]?.file ?? '', folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  guard.unref()
  return () => guard.stdin.end('ended\n')
}

function parsed(url: string): pg.ClientConfig {
  const { hostname, port, username, password } = new URL(url)
  return {
    host: hostname,
    port: Number(port || 5432),
    user: username,
    password: decodeURIComponent(password),
  }
}
