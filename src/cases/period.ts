/** Period: lengths of time as law states them, in years, months and days of the calendar. */

/** A length of time, not of fixed seconds: two years from 29 February end on 28 February. */
export interface Period {
  readonly years: number
  readonly months: number
  readonly days: number
}

const FORM = /^P(?=\d)(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,5})D)?$/
const MONTHS_A_YEAR = 12
const MILLISECONDS_A_DAY = 86_400_000

/** Reads a period as `P2Y`, `P6M` or `P90D` (ISO 8601). @returns undefined for anything else, and for no time at all */
export function periodOf(untrusted: unknown): Period | undefined {
  const parts = typeof untrusted === 'string' ? FORM.exec(untrusted) : null
  if (!parts) return undefined
  const [years, months, days] = parts.slice(1).map((part) => Number(part ?? 0)) as [number, number, number]
  return years + months + days > 0 ? { years, months, days } : undefined
}

/** A period as it is written: `P2Y`. */
export function textOf({ years, months, days }: Period): string {
  return `P${years ? `${years}Y` : ''}${months ? `${months}M` : ''}${days ? `${days}D` : ''}`
}

/** A moment and a period later, in UTC; a day that the month does not have becomes its last. @param from ISO 8601 */
export function endOf(from: string, { years, months, days }: Period): string {
  const start = new Date(from)
  const month = start.getUTCFullYear() * MONTHS_A_YEAR + start.getUTCMonth() + years * MONTHS_A_YEAR + months
  const lastDay = new Date(Date.UTC(0, 0, 1))
  lastDay.setUTCFullYear(Math.floor(month / MONTHS_A_YEAR), (month % MONTHS_A_YEAR) + 1, 0)
  const end = new Date(start)
  end.setUTCFullYear(
    Math.floor(month / MONTHS_A_YEAR),
    month % MONTHS_A_YEAR,
    Math.min(start.getUTCDate(), lastDay.getUTCDate()),
  )
  return new Date(end.getTime() + days * MILLISECONDS_A_DAY).toISOString()
}
