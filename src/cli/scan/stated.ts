/** Stated: the role and purpose of whoever scans: from flags, configuration, or a question at the terminal. */
import { createInterface, type Interface } from 'node:readline/promises'
import { STATED_CHARACTERS_MAX } from '#ground/config'
import { Fault } from '#terms/fault'
import type { Stated } from '#terms/scan'
import { Interrupted } from '../interruption.ts'

/** What is recorded when nobody stated it and nobody could be asked. */
export const NOT_STATED = 'not stated'

/**
 * The role and purpose to record. Asks only on a terminal, and only for what is missing; an end of input is no answer.
 *
 * @throws Interrupted on Ctrl-C at the question
 */
export async function askStated(given: {
  readonly role?: string
  readonly purpose?: string
}): Promise<Stated> {
  const role = given.role?.trim()
  const purpose = given.purpose?.trim()
  for (const text of [role, purpose]) {
    if (text !== undefined && text.length > STATED_CHARACTERS_MAX) {
      throw new Fault(
        'usage.invalid',
        `role and purpose have at most ${STATED_CHARACTERS_MAX} characters each`,
      )
    }
  }
  const isTerminal = process.stdin.isTTY === true && process.stderr.isTTY === true
  if (!isTerminal || (role && purpose)) return { role: role || NOT_STATED, purpose: purpose || NOT_STATED }
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return {
      role: role || (await answered(terminal, 'Your role (for the record): ')),
      purpose: purpose || (await answered(terminal, 'Purpose of this scan (for the record): ')),
    }
  } finally {
    terminal.close()
  }
}

async function answered(terminal: Interface, question: string): Promise<string> {
  const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')))
  const interrupted = new Promise<never>((_, reject) =>
    terminal.once('SIGINT', () => reject(new Interrupted())),
  )
  const answer = await Promise.race([terminal.question(question), closed, interrupted])
  return answer.trim().slice(0, STATED_CHARACTERS_MAX) || NOT_STATED
}
