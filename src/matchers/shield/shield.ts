/** Shield: the matching service of Project Arachnid, asked about content, or about PDQ hashes only. */
import { createHash } from 'node:crypto'
import type { Ask, WireAnswer, WireRequest } from '#ground/wire/ask'
import { Fault } from '#terms/fault'
import type { RemoteSaid } from '#terms/gate'
import type { PdqHash } from '#terms/hash'
import { NOTHING_TO_ASK, type RemoteItem, type RemoteMatcher, type RemoteSends } from '#terms/remote'
import { Caution, type CautionLimits, type Outside } from '../caution.ts'
import { ANSWER_BYTES_MAX, jsonOf } from '../status.ts'
import { parseMedia, parsePdq, worst } from './answer.ts'
import { Batches, type HashSaid } from './batches.ts'

export const SHIELD_NAME = 'shield'

export interface ShieldSettings {
  /** `https://shield.projectarachnid.com/` unless another is given. */
  readonly url: string
  readonly user: string
  readonly password: string
  /** `hashes`: PDQ only, no content leaves; `bytes`: the content itself. */
  readonly sends: RemoteSends
  /** `public` unless the operator runs something of its own there. */
  readonly addresses: 'public' | 'any'
  /** Most bytes of an item that is sent. */
  readonly bytesMax: number
  readonly limits: CautionLimits
}

export const SHIELD_URL = 'https://shield.projectarachnid.com/'
export const SHIELD_LIMITS: CautionLimits = {
  requestsPerSecond: 10,
  secondsMax: 20,
  triesMax: 3,
  failuresMax: 5,
  pauseSeconds: 30,
}
/** Hashes that are asked about one item: sixteen for each of fifty frames. */
const ITEM_HASHES_MAX = 800
/** Seconds of one try; the service suggests a minute, which a gate cannot wait. */
const TRY_SECONDS_MAX = 15
const PAUSE_SECONDS_MAX = 60

/** Opens the matcher. Nothing is sent before it is asked. */
export function shield(settings: ShieldSettings, outside: Outside = {}): RemoteMatcher {
  const caution = new Caution(settings.limits, outside)
  const batches = new Batches((hashes) =>
    caution.question(async (ask, stop) => {
      const answer = await jsonOf(await post(ask, caution, settings, pdqRequest(hashes), stop))
      if (answer.kind === 'not-taken') throw new Fault('remote.failed', answer.because)
      return parsePdq(answer.untrusted, hashes)
    }),
  )
  return {
    name: SHIELD_NAME,
    sends: settings.sends,
    ask: (item, stop) =>
      settings.sends === 'hashes' ? askHashes(item, batches) : askBytes(item, caution, settings, stop),
    get pausedBecause() {
      return caution.pausedBecause
    },
  }
}

async function askHashes({ pdq }: RemoteItem, batches: Batches): Promise<RemoteSaid> {
  if (pdq.length === 0) return unknown(NOTHING_TO_ASK)
  const hashes = [...new Set(pdq)]
  const all = await Promise.all(hashes.slice(0, ITEM_HASHES_MAX).map((hash) => batches.ask(base64(hash))))
  const said = worst(all.filter((one) => one.kind !== 'unanswered'))
  const unanswered = all.find((one: HashSaid) => one.kind === 'unanswered')
  if (said.kind === 'match') return { matcher: SHIELD_NAME, ...said }
  if (unanswered) return unknown(unanswered.because)
  if (hashes.length > ITEM_HASHES_MAX) return unknown('the item has more frames than are asked about')
  return { matcher: SHIELD_NAME, kind: 'none' }
}

async function askBytes(
  { content }: RemoteItem,
  caution: Caution,
  settings: ShieldSettings,
  stop: AbortSignal | undefined,
): Promise<RemoteSaid> {
  if (!content) return unknown('it is asked about content, and none was given')
  if (!content.mediaType) return unknown('it does not take this kind of item')
  const { bytes, mediaType } = content
  if (bytes.length > settings.bytesMax) return unknown('the item is larger than is sent to it')
  const request = { path: 'v1/media/', body: bytes, contentType: mediaType }
  const said = await caution.question(async (ask, limit) => {
    const answer = await jsonOf(await post(ask, caution, settings, request, limit))
    if (answer.kind === 'not-taken') return { kind: 'unanswered', because: answer.because } as const
    return parseMedia(answer.untrusted, createHash('sha256').update(bytes).digest('hex'))
  }, stop)
  return said.kind === 'unanswered' ? unknown(said.because) : { matcher: SHIELD_NAME, ...said }
}

interface Posted {
  readonly path: string
  readonly body: NonNullable<WireRequest['body']>
  readonly contentType: string
}

function pdqRequest(hashes: readonly string[]): Posted {
  return { path: 'v1/pdq/', body: JSON.stringify({ hashes }), contentType: 'application/json' }
}

async function post(
  ask: Ask,
  caution: Caution,
  { url, user, password, addresses }: ShieldSettings,
  { path, body, contentType }: Posted,
  stop: AbortSignal,
): Promise<WireAnswer> {
  const answer = await ask({
    url: new URL(path, url),
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
      'content-type': contentType,
      accept: 'application/json',
    },
    body,
    bytesMax: ANSWER_BYTES_MAX,
    secondsMax: TRY_SECONDS_MAX,
    addresses,
    stop,
  })
  heedRateLimit(answer.headers['ratelimit'], caution)
  return answer
}

/** `r=REMAINING;t=SECONDS`: when nothing remains, nothing is asked until the time is up. */
function heedRateLimit(untrusted: string | undefined, caution: Caution): void {
  const remaining = /\br=(\d{1,9})\b/.exec(untrusted ?? '')?.[1]
  const seconds = /\bt=(\d{1,9})\b/.exec(untrusted ?? '')?.[1]
  if (remaining === undefined || seconds === undefined || Number(remaining) > 0) return
  caution.rate.pause(Math.min(Number(seconds), PAUSE_SECONDS_MAX) * 1000)
}

function base64(hash: PdqHash): string {
  return Buffer.from(hash, 'hex').toString('base64')
}

function unknown(because: string): RemoteSaid {
  return { matcher: SHIELD_NAME, kind: 'unknown', because }
}
