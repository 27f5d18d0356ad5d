/** Numbers: counts, bytes and durations as a person reads them. */

/** A whole number in groups of three. */
export function grouped(number: number): string {
  return Math.round(number).toLocaleString('en-GB').replace(/,/g, ' ')
}

/** "1 file", "2 files". */
export function counted(number: number, noun: string, nouns = `${noun}s`): string {
  return `${grouped(number)} ${number === 1 ? noun : nouns}`
}

/** Bytes with a decimal unit. */
export function readableBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`
  const units = ['kB', 'MB', 'GB', 'TB', 'PB']
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3))
  const scaled = bytes / 1000 ** power
  return `${scaled.toFixed(scaled < 10 ? 1 : 0)} ${units[power - 1]}`
}

/** Seconds as "45 s", "3 min 20 s" or "2 h 5 min". */
export function readableSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}
