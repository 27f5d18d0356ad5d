/** Census: what stands below some paths by name, size and times, to tell later whether anything has changed. */
import { createHash } from 'node:crypto'
import { lstat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { exclusion } from '#folders/exclude'
import { walk } from '#folders/walk'
import type { ScanTerms } from '#terms/scan'

/** A census, and when what it saw was changed last. */
export interface Census {
  /** SHA-256 over every name, kind, size and time, in hex. */
  readonly digest: string
  /** Milliseconds since 1970. */
  readonly changedAt: number
}

/** Takes a census. Nothing is read but the folders; files of the scan's own are left out. */
export async function census(
  paths: readonly Buffer[],
  terms: ScanTerms,
  stop: AbortSignal,
  own: readonly string[],
): Promise<Census | undefined> {
  const digest = createHash('sha256')
  let changedAt = 0
  const options = { excluded: exclusion(terms.excluded), oneFileSystem: terms.oneFileSystem }
  for await (const met of walk(paths, options)) {
    if (stop.aborted) return undefined
    if (own.includes(resolve(met.path.toString()))) continue
    const status = await lstat(met.path, { bigint: true }).catch(() => undefined)
    digest.update(met.path).update(`\0${met.kind} ${status?.size} ${status?.mtimeNs} ${status?.ctimeNs}\n`)
    changedAt = Math.max(changedAt, Number(status?.ctimeMs ?? 0))
  }
  return { digest: digest.digest('hex'), changedAt }
}
