/** Import killed: a process that dies in the middle of an import leaves the list as it was. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { changesOf } from '#store/changes'
import { databaseOfFile, madeList, numbered, type TestList } from '../support/register.ts'

const file = databaseOfFile()
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

/** Runs an import in another process, and kills it when all it had to say is on its way. */
async function killedImport(list: TestList): Promise<void> {
  const child = spawn(
    process.execPath,
    [
      '--conditions=source',
      '--import',
      TSX,
      'tests/store/children/importer.ts',
      JSON.stringify(file.config),
      list.name,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  try {
    const [said] = await once(child.stdout, 'data')
    expect(String(said)).toBe('sent\n')
  } finally {
    child.kill('SIGKILL')
  }
  await once(child, 'exit')
  // The list is free again once the database has noticed.
  await expect.poll(() => sessionsIn('COPY'), { timeout: 20_000 }).toBe(0)
}

async function sessionsIn(command: string): Promise<number> {
  const { rows } = await file.database.query<{ count: number }>(
    `SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND query LIKE $1 || '%'
        AND state <> 'idle'`,
    [command],
  )
  return rows[0]?.count ?? -1
}

test('a first import that is killed leaves nothing, and the same import succeeds afterwards', async () => {
  const list = await madeList(file.database)
  await killedImport(list)
  expect(await list.entries()).toEqual([])
  expect(await changesOf(file.database, list.id, 10)).toHaveLength(1) // its making
  const again = Array.from({ length: 20_000 }, (_, at) => numbered(at))
  expect(await list.apply(again)).toMatchObject({ added: 20_000 })
})

test('an import into a list with entries that is killed leaves them as they were', async () => {
  const list = await madeList(file.database)
  await list.apply([numbered(1, { label: 'before' }), numbered(900_000)])
  await killedImport(list)
  expect(await list.entries()).toMatchObject([{ key: 'k1', label: 'before' }, { key: 'k900000' }])
  expect(await list.apply([numbered(1), numbered(2)])).toMatchObject({ added: 1, replaced: 1 })
})
