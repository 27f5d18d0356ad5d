/** Service: a time-stamping service asked for the time of a checkpoint, over HTTP. RFC 3161, section 3.4. */
import type { Ask } from '#ground/wire/ask'
import { Fault } from '#terms/fault'
import { checkTimestamp } from './check.ts'
import { timestampRequest } from './request.ts'

/** A time-stamping service as it is configured. */
export interface TimestampService {
  readonly url: string
  /** Certificates in PEM that its own must descend from; absent: any. */
  readonly roots?: string
  readonly addresses: 'public' | 'any'
}

const ANSWER_BYTES_MAX = 256 * 1024
const SECONDS_MAX = 20

/**
 * Has the time of a digest signed.
 *
 * @param imprint SHA-256 of what is to be stamped
 * @returns the request and the answer, one behind the other, in DER
 * @throws Fault `wire.unreachable` and the like where it does not answer; `ledger.damaged` where what it answers is not
 *   a time stamp of this digest
 */
export async function stampedBy(ask: Ask, service: TimestampService, imprint: Uint8Array): Promise<Buffer> {
  const request = timestampRequest(imprint)
  const answer = await ask({
    url: service.url,
    method: 'POST',
    headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
    body: request,
    bytesMax: ANSWER_BYTES_MAX,
    secondsMax: SECONDS_MAX,
    addresses: service.addresses,
    ports: 'any',
  })
  const untrusted = await answer.bytes()
  if (answer.status !== 200)
    throw new Fault('wire.unreachable', `the time-stamping service answers ${answer.status}`)
  const proof = Buffer.concat([request, untrusted])
  const checked = checkTimestamp(proof, imprint, service.roots)
  if (checked.kind === 'refused') throw new Fault('ledger.damaged', `a time stamp: ${checked.because}`)
  return proof
}
