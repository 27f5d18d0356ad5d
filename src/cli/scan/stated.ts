/** Stated: the role and purpose of whoever scans: from flags, configuration, or a question at the terminal. */
import { createInterface } from 'node:readline/promises'
import type { Stated } from '#terms/scan'

/** What is recorded when nobody stated it and nobody could be asked. */
export const NOT_STATED = 'not stated'

/** The role and purpose to record. Asks only on a terminal, and only for what is missing. */
export async function askStated(given: {
  readonly role?: string
  readonly purpose?: string
}): Promise<Stated> {
  const isTerminal = process.stdin.isTTY === true && process.stderr.isTTY === true
  if (!isTerminal || (given.role && given.purpose)) {
    return { role: given.role ?? NOT_STATED, purpose: given.purpose ?? NOT_STATED }
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const role = given.role ?? (await terminal.question('Your role (for the record): '))
    const purpose = given.purpose ?? (await terminal.question('Purpose of this scan (for the record): '))
    return { role: role.trim() || NOT_STATED, purpose: purpose.trim() || NOT_STATED }
  } finally {
    terminal.close()
  }
}
