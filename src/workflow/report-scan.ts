/** Report a scan: what it matched is brought to a service, each file once however often it is sent. */
import { readFile } from 'node:fs/promises'
import type { TutelaClient } from '#client/client'
import type { ReportBody } from '#contract/reports'
import type { Decoders } from '#media/decoders'
import { Fault } from '#terms/fault'
import { itemOf } from './ask-service.ts'

/** What matches are reported with. */
export interface ReportScanDesk {
  readonly client: TutelaClient
  readonly decoders: Pick<Decoders, 'read'>
  /** Sends the files themselves, and not their hashes alone. */
  readonly sendsBytes: boolean
  readonly stop: AbortSignal
}

/** What became of the matches. */
export interface ScanReported {
  readonly sent: number
  /** Files that had gone or could not be read any more. */
  readonly unread: number
}

const PDQ_MAX = 8

/**
 * Brings the files that a scan matched to a service. Each is named by its content: what was sent before is no second report,
 * so that the same command goes on after an interruption.
 *
 * @throws Fault `server.unreachable` and whatever the service refuses
 */
export async function reportScan(paths: readonly Buffer[], desk: ReportScanDesk): Promise<ScanReported> {
  let [sent, unread] = [0, 0]
  for (const path of paths) {
    if (desk.stop.aborted) break
    const body = await bodyOf(path, desk)
    const bytes = body && desk.sendsBytes ? await bytesOf(path) : undefined
    if (body === undefined || (desk.sendsBytes && bytes === undefined)) {
      unread++
      continue
    }
    await desk.client.report(body, bytes)
    sent++
  }
  return { sent, unread }
}

async function bodyOf(
  path: Buffer,
  { decoders, sendsBytes }: ReportScanDesk,
): Promise<ReportBody | undefined> {
  const reading = await decoders.read(path, { pictures: true })
  if (reading.kind === 'unread') return undefined
  const { digests = {}, pdq = [] } = itemOf(reading)
  const id = `scan:${reading.digests.sha256}`
  const scanned = { kind: 'material', channel: 'scan' } as const
  if (sendsBytes) return { ...scanned, id: `${id}:bytes` }
  const upright = pdq.filter(({ orientation }) => orientation === 'orig').slice(0, PDQ_MAX)
  const perceptual = upright.map(({ hash, quality }) => ({ hash, quality }))
  return { ...scanned, id, hashes: [{ ...digests, ...(perceptual.length > 0 && { pdq: perceptual }) }] }
}

async function bytesOf(path: Buffer): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (error instanceof Fault) throw error
    return undefined // it had gone meanwhile: it is counted
  }
}
