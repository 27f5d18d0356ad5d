/** Coop: what a moderation tool says of an item that it acted on, as a report; whatever it says beside is kept as it came. */
import { createHash } from 'node:crypto'
import type { ItemHashes } from '#terms/casework'
import { Fault } from '#terms/fault'
import type { ReportBrought } from './brought.ts'

/** The body of the webhook, whose form the door has checked. */
export interface CoopAction {
  readonly item: {
    readonly id: string
    readonly typeId?: string
    readonly data?: Readonly<Record<string, unknown>>
    readonly url?: string
  }
  readonly action?: unknown
}

const DIGESTS = { md5: /^[0-9a-f]{32}$/i, sha1: /^[0-9a-f]{40}$/i, sha256: /^[0-9a-f]{64}$/i }
const PDQ = /^[0-9a-f]{64}$/i
/** What a PDQ hash is worth whose quality nobody said. */
const QUALITY_UNKNOWN = 50
const WEB = /^https?:\/\//i
const ABOUT_MAX = 100
const NAME_MAX = 96
const VALUE_MAX = 2000
const DEPTH_MAX = 6

/**
 * The report that an action is. Read are: `item.id` and `typeId` with `action.id`, by which it is one however often it is sent;
 * `item.url`, else the first web address in `item.data`; `md5`, `sha1`, `sha256` and `pdq` in `item.data`. All of it is kept
 * in `about`, sealed.
 *
 * @throws Fault `request.too-large` for more than can be kept
 */
export function coopReport(body: CoopAction): ReportBrought {
  const { item } = body
  const data = item.data ?? {}
  const address = item.url ?? firstAddress(data)
  const hashes = hashesIn(data)
  const isPictured = hashes !== undefined || address !== undefined
  const about = flat(body)
  return {
    kind: isPictured ? 'material' : 'concern',
    id: remoteIdOf(body),
    ...(address !== undefined && { address }),
    ...(hashes && { hashes: [hashes] }),
    ...(!isPictured && { words: `An action of a moderation tool on the item ${item.id.slice(0, 200)}.` }),
    about,
  }
}

function remoteIdOf({ item, action }: CoopAction): string {
  const called = typeof action === 'object' && action !== null && 'id' in action ? String(action.id) : ''
  const words = JSON.stringify([item.typeId ?? '', item.id, called])
  return `coop:${createHash('sha256').update(words).digest('hex')}`
}

function firstAddress(data: Readonly<Record<string, unknown>>): string | undefined {
  return Object.values(data).find((value): value is string => typeof value === 'string' && WEB.test(value))
}

function hashesIn(data: Readonly<Record<string, unknown>>): ItemHashes | undefined {
  const digests = Object.entries(DIGESTS).flatMap(([kind, form]) => {
    const value = data[kind]
    return typeof value === 'string' && form.test(value) ? [[kind, value] as const] : []
  })
  const { pdq, pdqQuality, quality = pdqQuality } = data
  const isPdq = typeof pdq === 'string' && PDQ.test(pdq)
  if (digests.length === 0 && !isPdq) return undefined
  const worth = typeof quality === 'number' && Number.isInteger(quality) ? quality : QUALITY_UNKNOWN
  return {
    ...Object.fromEntries(digests),
    ...(isPdq && { pdq: [{ hash: pdq, quality: Math.min(100, Math.max(0, worth)) }] }),
  }
}

/** Every value by its path; a long one in parts. */
function flat(body: object): Record<string, string> {
  const about: Record<string, string> = {}
  const add = (path: string, value: unknown, depth: number): void => {
    if (typeof value === 'object' && value !== null && depth < DEPTH_MAX) {
      for (const [name, one] of Object.entries(value))
        add(path === '' ? name : `${path}.${name}`, one, depth + 1)
      return
    }
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    const name = path.slice(0, NAME_MAX)
    for (let at = 0; at === 0 || at < text.length; at += VALUE_MAX)
      about[at === 0 ? name : `${name}#${at / VALUE_MAX + 1}`] = text.slice(at, at + VALUE_MAX)
    if (Object.keys(about).length > ABOUT_MAX)
      throw new Fault('request.too-large', `an action may say ${ABOUT_MAX} things of ${VALUE_MAX} characters`)
  }
  add('', body, 0)
  return about
}
