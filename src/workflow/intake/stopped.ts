/** Stopped: what the gate stopped becomes a report, once, whatever happens between the gate's answer and that. */
import {
  keepStopped,
  putStoppedOff,
  type StoppedGiven,
  stoppedBrought,
  stoppedDue,
} from '#store/reports-stopped'
import { bringReport } from './bring.ts'
import type { Bearer, ReportBrought } from './brought.ts'
import type { IntakeDesk } from './desk.ts'

/** Told of each that was tried. */
export type StoppedTold = (outcome: 'brought' | 'failed', error?: unknown) => void

const ROWS_AT_ONCE = 50
const WAIT_SECONDS = { min: 5, max: 3600 } as const
/** So long a file's own report has, before its hashes alone are brought in its place. */
const FILE_SECONDS = 120

/** Writes down what is to be reported: from then on it will be. @throws Fault `store.unreachable` */
export function keepToReport(desk: IntakeDesk, given: StoppedGiven): Promise<void> {
  const at = desk.now()
  return keepStopped(desk.database, given, { at, nextAt: at })
}

/** Writes down that a file's hashes are to be reported, should the file itself not be. @throws Fault `store.unreachable` */
export function keepInPlaceOfFile(desk: IntakeDesk, given: StoppedGiven): Promise<void> {
  const at = desk.now()
  return keepStopped(desk.database, given, { at, nextAt: later(at, FILE_SECONDS) })
}

/** Brings a file that was stopped: sealed, and reported, once this returns. @throws Fault those of `bringReport` */
export async function bringFile(
  desk: IntakeDesk,
  { from, remoteId }: StoppedGiven,
  file: Buffer,
): Promise<void> {
  await bringReport(desk, { kind: 'material', id: remoteId, file: once(file) }, bearerOf(from))
}

/**
 * Brings what waits and is due. Of one that was brought before, by whomever, nothing comes a second time.
 *
 * @throws Fault `store.unreachable`
 */
export async function bringStopped(desk: IntakeDesk, told: StoppedTold): Promise<void> {
  for (;;) {
    const due = await stoppedDue(desk.database, desk.now(), ROWS_AT_ONCE)
    if (due.length === 0) return
    for (const { id, from, remoteId, hashes, attempts } of due) {
      const brought: ReportBrought = { kind: 'material', id: remoteId, hashes: [hashes] }
      try {
        await bringReport(desk, brought, bearerOf(from))
        await stoppedBrought(desk.database, id)
        told('brought')
      } catch (error) {
        told('failed', error)
        const seconds = Math.min(WAIT_SECONDS.max, WAIT_SECONDS.min * 2 ** Math.min(attempts, 20))
        await putStoppedOff(desk.database, id, later(desk.now(), seconds))
      }
    }
  }
}

function bearerOf(from: Bearer['actor']): Bearer {
  return { channel: 'gate', actor: from }
}

function later(at: Date, seconds: number): Date {
  return new Date(at.getTime() + seconds * 1000)
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes
}
