/** Time: moments as requests name them. */
import { Fault } from '#terms/fault'

/** A moment as ISO 8601. @throws Fault `request.invalid` that names the member */
export function timeOf(untrusted: string, member: string): Date {
  const time = new Date(untrusted)
  if (/^\d{4}-\d{2}-\d{2}/.test(untrusted) && !Number.isNaN(time.getTime())) return time
  throw new Fault('request.invalid', `${member}: it is no time as 2026-03-01T12:00:00Z`)
}
