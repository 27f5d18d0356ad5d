/** Database: a fresh, migrated database for each test, cloned from one template a run. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { expect, inject, onTestFinished } from 'vitest'
import { Database } from '#store/database'

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection string of the PostgreSQL of this run, without a database's name. */
    readonly postgres: pg.ClientConfig
    readonly template: string
  }
}

/** Makes a database for the running test; it is gone afterwards. @returns what opens it, and it, open */
export function temporaryDatabase(): Promise<{ database: Database; config: pg.ClientConfig }> {
  return databaseLike(inject('template'))
}

/** Makes a database without anything in it for the running test; it is gone afterwards. */
export function emptyDatabase(): Promise<{ database: Database; config: pg.ClientConfig }> {
  return databaseLike('template0')
}

/** Makes a migrated database that several tests share. @returns what opens it, and what makes it be gone */
export async function sharedDatabase(): Promise<{ config: pg.ClientConfig; drop(): Promise<void> }> {
  const name = await createLike(inject('template'))
  return { config: { ...inject('postgres'), database: name }, drop: () => drop(name) }
}

const ofFiles = new Map<string, Promise<pg.ClientConfig>>()

/** What opens the migrated database of the running test's file: one for all its tests, gone at the end of the run. */
export function databaseOfTestFile(): Promise<pg.ClientConfig> {
  const { testPath = '' } = expect.getState()
  const made = ofFiles.get(testPath) ?? sharedDatabase().then(({ config }) => config)
  ofFiles.set(testPath, made)
  return made
}

async function databaseLike(template: string): Promise<{ database: Database; config: pg.ClientConfig }> {
  const name = await createLike(template)
  const config = { ...inject('postgres'), database: name }
  const database = new Database(config, { connectionsMax: 4 })
  onTestFinished(async () => {
    await database.close().catch(() => undefined) // a test may have closed it
    await drop(name)
  })
  return { database, config }
}

async function createLike(template: string): Promise<string> {
  const name = `${inject('template')}_${randomBytes(6).toString('hex')}` // by which the run finds what is left at its end
  await ruling((client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`))
  return name
}

function drop(name: string): Promise<void> {
  return ruling((client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
}

async function ruling(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ ...inject('postgres'), database: 'postgres' })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

/** The address of a database, as `DATABASE_URL` has it. */
export function addressOf(config: pg.ClientConfig): string {
  const address = new URL(`postgres://localhost/${config.database}`)
  for (const key of ['host', 'port', 'user', 'password'] as const)
    if (config[key] !== undefined) address.searchParams.set(key, String(config[key]))
  return address.href
}
