/** Database: a migrated database for each test, with nothing in it: a clone of the run's template, or one emptied again. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { expect, inject, onTestFinished } from 'vitest'
import { Database } from '#store/database'
import { DIGESTS } from './digests.ts'
import { emptied, type Pristine } from './emptied.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection string of the PostgreSQL of this run, without a database's name. */
    readonly postgres: pg.ClientConfig
    readonly template: string
    readonly pristine: Pristine
  }
}

/** Makes a database for the running test; it is gone afterwards. @returns what opens it, and it, open */
export function temporaryDatabase(): Promise<{ database: Database; config: pg.ClientConfig }> {
  return databaseLike(undefined)
}

/** Makes a database without anything in it for the running test; it is gone afterwards. */
export function emptyDatabase(): Promise<{ database: Database; config: pg.ClientConfig }> {
  return databaseLike('template0')
}

/** Makes a migrated database that several tests share. @returns what opens it, and what makes it be gone */
export async function sharedDatabase(): Promise<{ config: pg.ClientConfig; drop(): Promise<void> }> {
  const name = await taken()
  return { config: { ...inject('postgres'), database: name }, drop: () => giveBack(name) }
}

const ofFiles = new Map<string, Promise<pg.ClientConfig>>()

/** What opens the migrated database of the running test's file: one for all its tests, gone at the end of the run. */
export function databaseOfTestFile(): Promise<pg.ClientConfig> {
  const { testPath = '' } = expect.getState()
  const made = ofFiles.get(testPath) ?? sharedDatabase().then(({ config }) => config)
  ofFiles.set(testPath, made)
  return made
}

/** A clone of the template unless another is named. */
async function databaseLike(
  template: string | undefined,
): Promise<{ database: Database; config: pg.ClientConfig }> {
  const name = template === undefined ? await taken() : await createLike(template)
  const config = { ...inject('postgres'), database: name }
  const database = new Database(config, { connectionsMax: 4, digests: DIGESTS })
  onTestFinished(async () => {
    await database.close().catch(() => undefined) // a test may have closed it
    await (template === undefined ? giveBack(name) : drop(name))
  })
  return { database, config }
}

/** Databases of this process that are like the template again. To make one costs five times as much as to empty one. */
const spare: string[] = []

async function taken(): Promise<string> {
  return spare.pop() ?? createLike(inject('template'))
}

/** Empties a database and gives it another name, so that what a test left running finds it no more; or drops it. */
async function giveBack(name: string): Promise<void> {
  if (!(await emptied({ ...inject('postgres'), database: name }, inject('pristine')))) return drop(name)
  const other = freshName()
  const isRenamed = await ruling(`ALTER DATABASE ${name} RENAME TO ${other}`).catch(() => false) // somebody came back to it
  if (isRenamed) spare.push(other)
  else await drop(name)
}

async function createLike(template: string): Promise<string> {
  const name = freshName()
  await ruling(`CREATE DATABASE ${name} TEMPLATE ${template}`)
  return name
}

/** By how it begins the run finds what is left at its end. */
function freshName(): string {
  return `${inject('template')}_${randomBytes(6).toString('hex')}`
}

async function drop(name: string): Promise<void> {
  await ruling(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
}

let ruler: Promise<pg.Client> | undefined

/** Runs a statement on databases, on a connection that this process keeps. */
async function ruling(statement: string): Promise<boolean> {
  ruler ??= connected()
  await (await ruler).query(statement)
  return true
}

async function connected(): Promise<pg.Client> {
  const client = new pg.Client({ ...inject('postgres'), database: 'postgres' })
  client.on('error', () => (ruler = undefined))
  await client.connect()
  ;(client as pg.Client & { unref(): void }).unref() // it keeps no process
  return client
}

/** The address of a database, as `DATABASE_URL` has it. */
export function addressOf(config: pg.ClientConfig): string {
  const address = new URL(`postgres://localhost/${config.database}`)
  for (const key of ['host', 'port', 'user', 'password'] as const)
    if (config[key] !== undefined) address.searchParams.set(key, String(config[key]))
  return address.href
}
