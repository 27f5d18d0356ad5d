/** Bring: what a scan matched goes to the desk of a service once the scan has told it. */
import { readFileSync } from 'node:fs'
import type { Decoders } from '#media/decoders'
import { Fault } from '#terms/fault'
import type { Scanned } from '#terms/scan'
import { say } from '../output.ts'

/** Keeps what matched, and brings it. */
export interface Bringing {
  add(scanned: Scanned): void
  /** @throws Fault `server.unreachable` and whatever the service refuses */
  bring(decoders: Decoders, stop: AbortSignal): Promise<void>
}

interface BringFlags {
  readonly reportTo: string
  readonly reportKeyFile?: string
  readonly reportBytes?: boolean
}

/** Reads the key first: without one nothing is scanned. @throws Fault `usage.invalid`, `input.unreadable` */
export function openBringing({
  reportTo: url,
  reportKeyFile,
  reportBytes: sendsBytes = false,
}: BringFlags): Bringing {
  const key = keyFrom(reportKeyFile)
  const matched: Buffer[] = []
  return {
    add: ({ line }) => {
      if (line.kind !== 'file' || line.verdict !== 'match') return
      matched.push(
        line.fileBase64 === undefined ? Buffer.from(line.file) : Buffer.from(line.fileBase64, 'base64'),
      )
    },
    bring: async (decoders, stop) => {
      const [{ TutelaClient }, { reportScan }] = await Promise.all([
        import('#client/client'), // heavy: other scans need not wait
        import('#workflow/report-scan'),
      ])
      const client = new TutelaClient({ url, key, stop })
      const { sent, unread } = await reportScan(matched, { client, decoders, sendsBytes, stop })
      const left = matched.length - sent - unread
      say(
        `tutela: ${sent} of ${matched.length} files that matched were brought to the desk of ${new URL(url).host}`,
      )
      if (unread > 0) say(`tutela: ${unread} could not be read any more, and were not brought`)
      if (left > 0) say(`tutela: ${left} are left: the same command goes on with them`)
    },
  }
}

function keyFrom(file: string | undefined): string {
  if (file === undefined) {
    const key = process.env['TUTELA_KEY']
    if (key) return key
    throw new Fault(
      'usage.invalid',
      '--report-to needs a key: name a file with --report-key-file, or set TUTELA_KEY',
    )
  }
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new Fault('input.unreadable', `${file}: the key cannot be read`, { cause })
  }
}
