/** Postgres: one PostgreSQL for the whole run, with a migrated template that each test clones. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { Database } from '#store/database'
import { migrate } from '#store/migrate'

/** Called once before all tests; what it returns is called after them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env['DATABASE_URL']
  if (!url) throw new Error('the embedded PostgreSQL is not wired yet: set DATABASE_URL')
  const config = parsed(url)
  const template = `tutela_template_${randomBytes(4).toString('hex')}`
  const ruler = new pg.Client({ ...config, database: 'postgres' })
  await ruler.connect()
  await ruler.query(`CREATE DATABASE ${template}`)
  const database = new Database({ ...config, database: template })
  await migrate(database)
  await database.close()
  project.provide('postgres', config)
  project.provide('template', template)
  return async () => {
    await ruler.query(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`)
    await ruler.end()
  }
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
