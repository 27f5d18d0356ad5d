/** A folder for the files of one test file, gone when its tests are done. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** Gives paths in a new folder. */
export function testFolder(): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'tutela-test-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return (name) => join(folder, name)
}
