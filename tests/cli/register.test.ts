/** The register's commands: a steward's day, as it is typed. */
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, inject, test, vi } from 'vitest'
import { called, type Ended, jsonLines } from '../support/command.ts'
import { emptyDatabase, temporaryDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { picture } from '../support/pictures.ts'

const A = '0cc175b9c0f1b6a831c399e269772661'

type Tutela = (...args: readonly string[]) => Promise<Ended>

function onDatabase(name: string): Tutela {
  const { host = '', port = 5432, user = '', password } = inject('postgres')
  const secret = typeof password === 'string' ? `:${encodeURIComponent(password)}` : ''
  const place = `${encodeURIComponent(user)}${secret}@/${name}?host=${encodeURIComponent(host)}&port=${port}`
  return (...args) => {
    vi.stubEnv('DATABASE_URL', `postgres://${place}`)
    return called(...args).finally(() => vi.unstubAllEnvs())
  }
}

test('a list is made, filled, looked at, judged, rehashed and given out again', async () => {
  const { config } = await temporaryDatabase()
  const tutela = onDatabase(config.database ?? '')
  const folder = await temporaryFolder()
  await picture(folder, 'a.jpg', 1)
  const csv = join(await temporaryFolder(), 'list.csv')
  const bytes = await readFile(join(folder, 'a.jpg'))
  const md5 = createHash('md5').update(bytes).digest('hex')
  await writeFile(csv, `md5,category,label\n${md5},1,one\n${A},2,two\nxyz,1,bad\n`)
  const made = await tutela(
    'list',
    'create',
    'l',
    '--publisher',
    'P',
    '--uses',
    'export',
    '--scheme',
    'vics-us',
  )
  expect(made).toMatchObject({ code: 0, stderr: '' })
  const imported = await tutela('list', 'import', csv, '--into', 'l', '--json')
  expect(imported.code).toBe(2) // a line of it was bad
  expect(jsonLines(imported.stdout)).toMatchObject([{ badLines: 1, applied: { added: 2, number: 2 } }])
  const rehash = await tutela('list', 'rehash', 'l', '--folder', folder, '--with', 'pdq', '--json')
  expect(jsonLines(rehash.stdout)).toMatchObject([{ entriesFound: 1, entriesNotFound: 1, hashesAdded: 1 }])
  const judged = await tutela('list', 'judge', '2', '--as', 'false-positive', '--because', 'a logo')
  expect(judged.stdout).toMatch(/ judge {2}operator:.* {2}entry 2 {2}because a logo\n$/)
  const found = await tutela('list', 'find', A)
  expect(found).toMatchObject({ code: 1, stderr: '' })
  expect(found.stdout).toContain('judged here: false-positive')
  const changes = await tutela('list', 'changes', 'l', '--verify')
  expect(changes.stdout.split('\n').map((line) => line.split('  ')[2])).toEqual(
    ['judge', 'rehash', 'import', 'terms', undefined], // the newest first
  )
  expect(changes.stdout.match(/ {2}as recorded$/gm)).toHaveLength(4)
  const out = join(folder, 'out.csv')
  expect(await tutela('list', 'export', 'l', '--to', out)).toMatchObject({ code: 0, stderr: '' })
  expect(await readFile(out, 'utf8')).toContain(`${A},,,,,two,2,\n`)
})

test('commands on the register make no store, and say what they do not know', async () => {
  const { config } = await emptyDatabase()
  const refused = await onDatabase(config.database ?? '')('list', 'ls')
  expect(refused).toMatchObject({ code: 66, stdout: '' })
  expect(refused.stderr).toContain('[store.missing]')
  const { config: other } = await temporaryDatabase()
  const unknown = await onDatabase(other.database ?? '')('list', 'show', 'nobody')
  expect(unknown).toMatchObject({ code: 66, stdout: '' })
  expect(unknown.stderr).toContain('[register.unknown]')
})
