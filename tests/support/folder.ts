/** Folder: a temporary folder that is gone when its test is over. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Makes a folder for the running test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tutela-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}
