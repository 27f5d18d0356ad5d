/** Finding: what one look at the store shows, and what mends it. */
import { Fault, type FaultCode } from '#terms/fault'

export interface Finding {
  /** What was looked at, in a word or two. */
  readonly check: string
  readonly state: 'ok' | 'warn' | 'wrong'
  readonly says: string
  /** What to do; absent where nothing need be done. */
  readonly mend?: string
  /** The fault that was met; where there is no mend, its hint is one. */
  readonly fault?: FaultCode
}

export function ok(check: string, says: string): Finding {
  return { check, state: 'ok', says }
}

export function warn(check: string, says: string, mend: string): Finding {
  return { check, state: 'warn', says, mend }
}

export function wrong(check: string, says: string, mend: string): Finding {
  return { check, state: 'wrong', says, mend }
}

/** What a look shows, or the fault that it met. */
export async function looked(check: string, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look()
  } catch (error) {
    return met(check, error)
  }
}

/** @throws whatever is no fault and no refusal of the system or the database */
export function met(check: string, error: unknown): Finding {
  if (error instanceof Fault) return { check, state: 'wrong', says: error.message, fault: error.code }
  if (error instanceof Error && 'code' in error) return { check, state: 'wrong', says: error.message }
  throw error
}
