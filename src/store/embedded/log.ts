/** Log: the server's own log files, kept to a limit, and what was last said in them. */
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { LOG_NAME } from './settings.ts'

/** Each is of 10 MB or of one day. */
const FILES_MAX = 10
const SAID_BYTES_MAX = 20_000

/** Removes all but the newest files of a log. */
export async function pruneLog(folder: string): Promise<void> {
  const names = await logFiles(folder)
  for (const name of names.slice(0, -FILES_MAX)) await rm(join(folder, name), { force: true })
}

/** The newest file's last lines; empty when there is none. */
export async function lastWords(folder: string): Promise<string> {
  const newest = (await logFiles(folder)).at(-1)
  if (newest === undefined) return ''
  const text = await readFile(join(folder, newest), 'utf8').catch(() => '')
  return text.slice(-SAID_BYTES_MAX)
}

/** The names tell the time, so their order is that of time. */
async function logFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter((name) => LOG_NAME.test(name)).sort()
}
