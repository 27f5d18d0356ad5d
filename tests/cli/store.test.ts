/** The store's commands: from nothing to a store, its backup, and the same store elsewhere. */
import { readdir, readFile, truncate } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { dataPlace } from '../store/embedded/ground.ts'
import { type Ended, ended, jsonLines, started } from '../support/command.ts'

/** Runs a command on the embedded store of a data directory. */
function tutelaOn(data: string, ...args: readonly string[]): Promise<Ended> {
  return ended(started(args, { DATABASE_URL: '', TUTELA_DATA: data }))
}

test('a store is made by init alone: other commands say where they looked, and doctor what to do', async () => {
  const data = await dataPlace()
  const nowhere = await tutelaOn(data, 'backup', dirname(data))
  expect(nowhere).toMatchObject({ code: 66, stdout: '' })
  expect(nowhere.stderr).toContain(`no Tutela data directory at ${data}`)
  const ill = await tutelaOn(data, 'doctor', '--json')
  expect(ill.code).toBe(1)
  expect(jsonLines(ill.stdout).filter(({ state }) => state === 'wrong')).toMatchObject([
    { check: 'data directory', fault: 'store.missing', mend: expect.stringContaining('tutela init') },
  ])
  expect(await tutelaOn(data, 'init')).toMatchObject({ code: 0, stderr: '' })
  const well = await tutelaOn(data, 'doctor')
  expect(well).toMatchObject({ code: 0, stderr: '' })
  expect(well.stdout).toMatch(/ok +events: 0, each with the leaf that is its own\n/)
})

test('a store is written as a file named by the time, and restored from it into another place, once', async () => {
  const data = await dataPlace()
  await tutelaOn(data, 'init')
  expect(await tutelaOn(data, 'backup', dirname(data))).toMatchObject({ code: 0, stderr: '' })
  const [name = ''] = (await readdir(dirname(data))).filter((one) => one.endsWith('.backup'))
  expect(name).toMatch(/^tutela-\d{8}T\d{6}Z\.backup$/)
  const file = join(dirname(data), name)
  const other = await dataPlace()
  const restored = await tutelaOn(data, 'restore', file, '--into', other, '--json')
  expect(restored.code).toBe(0)
  expect(jsonLines(restored.stdout)).toMatchObject([{ kind: 'restored', into: other, events: 0 }])
  const over = await tutelaOn(other, 'restore', file)
  expect(over).toMatchObject({ code: 64, stdout: '' })
  expect(over.stderr).toContain('[store.exists]')
  await truncate(file, (await readFile(file)).length - 1)
  const torn = await tutelaOn(data, 'backup', '--verify', file)
  expect(torn).toMatchObject({ code: 65, stdout: '' })
  expect(torn.stderr).toContain('[backup.damaged]')
})

test('a database that does not answer is said to be one, without its password', async () => {
  const address = 'postgres://somebody:hunter2@127.0.0.1:1/none'
  const gone = await ended(started(['backup', '/tmp/never'], { DATABASE_URL: address }))
  expect(gone).toMatchObject({ code: 75, stdout: '' })
  expect(gone.stderr).toContain('[store.unreachable]')
  expect(gone.stderr).not.toContain('hunter2')
})
