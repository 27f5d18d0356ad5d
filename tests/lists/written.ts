/** A list written for a test from its text, and read whole. */
import { writeFileSync } from 'node:fs'
import { expect } from 'vitest'
import { type ListReport, type ReadOptions, readList } from '#lists/read'
import { Fault } from '#terms/fault'
import type { ListEntry } from '#terms/list'

export interface ReadWhole {
  readonly entries: ListEntry[]
  readonly report: ListReport
  /** Places and reasons, a line each. */
  readonly problems: string[]
}

/** Reads a list whole. */
export async function readWhole(file: string, options: ReadOptions = {}): Promise<ReadWhole> {
  const reading = readList(file, options)
  const entries: ListEntry[] = []
  for await (const batch of reading.entries) entries.push(...batch)
  const report = reading.report()
  const problems = report.problems.map(
    ({ line, entry, reason }) => `${entry === undefined ? `line ${line}` : entry} ${reason}`,
  )
  return { entries, report, problems }
}

/** Writes a text to a file and reads it as a list. */
export async function readText(
  file: string,
  text: string | Buffer,
  options: ReadOptions = {},
): Promise<ReadWhole> {
  writeFileSync(file, text)
  return readWhole(file, options)
}

/** The message of the fault with which a text is refused as a list. */
export async function refusalOf(
  file: string,
  text: string | Buffer,
  options: ReadOptions = {},
): Promise<string> {
  const thrown = await readText(file, text, options).then(
    () => undefined,
    (fault: unknown) => fault,
  )
  expect(thrown).toBeInstanceOf(Fault)
  return thrown instanceof Fault ? `${thrown.code}: ${thrown.message.replace(file, 'LIST')}` : ''
}
