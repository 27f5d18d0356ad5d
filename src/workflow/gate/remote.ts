/** Remote: what is told to the matchers that others run, and what they say beside the index. */

import { readSecret } from '#ground/secret'
import type { PhotoDnaConfig, ServiceConfig, ShieldConfig } from '#ground/service-config'
import type { Outside } from '#matchers/caution'
import { PHOTODNA_LIMITS, PHOTODNA_URL, photodna } from '#matchers/photodna/photodna'
import { SHIELD_LIMITS, SHIELD_URL, shield } from '#matchers/shield/shield'
import { pdqQueries } from '#matching/verdict'
import { Fault } from '#terms/fault'
import type { RemoteSaid } from '#terms/gate'
import { type PdqHash, pdqHash } from '#terms/hash'
import type { Fingerprint } from '#terms/lookup'
import type { FileReading } from '#terms/media'
import type { RemoteItem, RemoteMatcher } from '#terms/remote'

/** Most bytes of an item that is sent to Shield, unless set. */
const SHIELD_BYTES_MAX = 64 * 1024 * 1024

/** Types of content by the names of their formats; what is not here has no type that a matcher takes. */
const TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ jpeg: 'image/jpeg', png: 'image/png', gif: 'image/gif', webp: 'image/webp', bmp: 'image/bmp' },
    ...{ tiff: 'image/tiff', avif: 'image/avif', heic: 'image/heic' },
    ...{
      mp4: 'video/mp4',
      m4v: 'video/x-m4v',
      mov: 'video/quicktime',
      webm: 'video/webm',
      avi: 'video/vnd.avi',
    },
    ...{ mkv: 'video/matroska', mpg: 'video/mpeg', '3gp': 'video/3gpp', flv: 'video/x-flv' },
    ...{ asf: 'video/x-ms-asf' },
  }),
)

/**
 * Opens the matchers that the operator has configured; none unless they did. Their secrets are read from their files.
 *
 * @throws Fault `config.invalid`
 */
export async function openRemote(
  { shield: shieldSet, photodna: photodnaSet }: NonNullable<ServiceConfig['matchers']>,
  outside: Outside = {},
): Promise<readonly RemoteMatcher[]> {
  return [
    ...(shieldSet ? [await openShield(shieldSet, outside)] : []),
    ...(photodnaSet ? [await openPhotoDna(photodnaSet, outside)] : []),
  ]
}

async function openShield(set: ShieldConfig, outside: Outside): Promise<RemoteMatcher> {
  const { sends = 'hashes', addresses = 'public', bytesMax = SHIELD_BYTES_MAX } = set
  const url = baseOf(set.url ?? SHIELD_URL, addresses)
  const [user, password] = await Promise.all([readSecret(set.userFile), readSecret(set.passwordFile)])
  return shield({ url, user, password, sends, addresses, bytesMax, limits: SHIELD_LIMITS }, outside)
}

async function openPhotoDna(set: PhotoDnaConfig, outside: Outside): Promise<RemoteMatcher> {
  const { enhance = false, addresses = 'public' } = set
  const url = baseOf(set.url ?? PHOTODNA_URL, addresses)
  const key = await readSecret(set.keyFile)
  return photodna({ url, key, enhance, addresses, limits: PHOTODNA_LIMITS }, outside)
}

/** Credentials and content travel encrypted, except to what the operator runs on addresses of their own. */
function baseOf(url: string, addresses: 'public' | 'any'): string {
  if (addresses === 'public' && !url.startsWith('https:'))
    throw new Fault('config.invalid', 'matchers: a matcher on the internet is asked by https only')
  return url.endsWith('/') ? url : `${url}/`
}

/**
 * What matchers are told of a file that was read.
 *
 * @returns undefined of content that can hold no picture: there is nothing to ask
 */
export function remoteItemOf(reading: FileReading, bytes: Uint8Array): RemoteItem | undefined {
  if (reading.kind === 'unread') return { pdq: [], content: { bytes } }
  const { content } = reading
  if (content.kind === 'other') return undefined
  const mediaType = TYPES.get(content.format ?? '')
  const pixels = content.kind === 'picture' && content.width > 0
  return {
    pdq: pdqQueries(content).map(({ hash }) => parsed(hash)),
    content: {
      bytes,
      ...(mediaType !== undefined && { mediaType }),
      ...(pixels && { width: content.width, height: content.height }),
    },
  }
}

/** What matchers are told of an item that came as hashes. */
export function remoteItemOfHashes({ pdq }: Fingerprint): RemoteItem {
  return { pdq: pdq.map(({ hash }) => parsed(hash)) }
}

/** Asks every matcher about an item at the same time. @returns what each said; undefined where none is there or to be asked */
export async function askRemote(
  matchers: readonly RemoteMatcher[] | undefined,
  item: RemoteItem | undefined,
  stop?: AbortSignal,
): Promise<readonly RemoteSaid[] | undefined> {
  if (!matchers || matchers.length === 0 || !item) return undefined
  return Promise.all(matchers.map((matcher) => matcher.ask(item, stop)))
}

function parsed(hash: Uint8Array): PdqHash {
  const hex = pdqHash(Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString('hex'))
  if (hex === undefined) throw new TypeError(`${hash.length} bytes are no PDQ hash`)
  return hex
}
