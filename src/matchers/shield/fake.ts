/** Fake: a stand-in for Shield, which knows what it is told to know. */
import { createHash } from 'node:crypto'
import { type Asked, type Failure, type Fake, type Reply, startFake } from '../fake.ts'
import { membersOf } from '../status.ts'

export interface ShieldFakeSettings {
  readonly user: string
  readonly password: string
  /** SHA-1 of known files, in lower-case hex, with their classification. */
  readonly files?: ReadonlyMap<string, string>
  /** Known PDQ hashes, in lower-case hex, with their classification. */
  readonly pdq?: ReadonlyMap<string, string>
  readonly bytesMax?: number
  readonly port?: number
}

/** The stand-in matches PDQ hashes up to this distance. */
const DISTANCE_MAX = 31
const HASHES_MAX = 100
const BYTES_MAX = 100 * 1024 * 1024
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Starts a stand-in for Shield: `/v1/media/` and `/v1/pdq/` as its interface says. */
export function startShieldFake(settings: ShieldFakeSettings): Promise<Fake> {
  return startFake((asked, failure) => reply(asked, failure, settings), settings.port)
}

function reply(asked: Asked, failure: Failure | undefined, settings: ShieldFakeSettings): Reply {
  const basic = Buffer.from(`${settings.user}:${settings.password}`).toString('base64')
  if (asked.headers['authorization'] !== `Basic ${basic}`)
    return detail(401, 'Please supply your API username and password in the Authorization header')
  if (asked.method !== 'POST') return detail(405, 'Method not allowed')
  if (asked.path === '/v1/media/') return media(asked, failure, settings)
  if (asked.path === '/v1/pdq/') return pdq(asked, failure, settings)
  return detail(404, 'Not found')
}

function media({ headers, body }: Asked, failure: Failure | undefined, settings: ShieldFakeSettings): Reply {
  if (body.length > (settings.bytesMax ?? BYTES_MAX)) return detail(413, 'The media is too large')
  if (!/^(image|video)\//.test(String(headers['content-type']))) return detail(415, 'Unsupported media type')
  const sha1 = createHash('sha1').update(body).digest()
  const classification = settings.files?.get(sha1.toString('hex'))
  const said = {
    size_bytes: body.length,
    sha1_base32: base32(sha1),
    sha256_hex: createHash('sha256').update(body).digest('hex').toUpperCase(),
    classification: classification ?? 'no-known-match',
    match_type: classification === undefined ? null : 'exact',
    near_match_details: [],
  }
  return { status: 200, body: failure?.kind === 'astray' ? { ...said, sha256_hex: '00'.repeat(32) } : said }
}

function pdq({ body }: Asked, failure: Failure | undefined, settings: ShieldFakeSettings): Reply {
  const hashes = membersOf(JSON.parse(body.toString()))?.['hashes']
  if (!Array.isArray(hashes) || hashes.length === 0 || hashes.length > HASHES_MAX)
    return detail(400, `hashes must be 1 to ${HASHES_MAX} hashes`)
  const wrong = hashes.some((hash) => typeof hash !== 'string' || Buffer.from(hash, 'base64').length !== 32)
  if (wrong) return detail(400, 'a hash is not 32 bytes in base64')
  const scanned = hashes.map((hash: string) => [hash, pdqMatch(Buffer.from(hash, 'base64'), settings)])
  return {
    status: 200,
    body: { scanned_hashes: Object.fromEntries(failure?.kind === 'astray' ? [] : scanned) },
  }
}

function pdqMatch(hash: Buffer, { pdq: known }: ShieldFakeSettings): unknown {
  for (const [hex, classification] of known ?? []) {
    if (bitsThatDiffer(hash, Buffer.from(hex, 'hex')) > DISTANCE_MAX) continue
    const details = { timestamp: 0, sha1_base32: 'A'.repeat(32), sha256_hex: '0'.repeat(64), classification }
    return { classification, match_type: 'near', near_match_details: details }
  }
  return { classification: null, match_type: null, near_match_details: null }
}

function bitsThatDiffer(a: Buffer, b: Buffer): number {
  let bits = 0
  for (const [at, byte] of a.entries()) {
    for (let rest = byte ^ (b[at] ?? 0); rest !== 0; rest &= rest - 1) bits += 1
  }
  return bits
}

/** RFC 4648 base32 of 20 bytes, which needs no padding. */
function base32(bytes: Buffer): string {
  let text = ''
  for (let bit = 0; bit < bytes.length * 8; bit += 5) {
    const pair = bytes.readUInt8(bit >> 3) * 256 + (bytes[(bit >> 3) + 1] ?? 0)
    text += BASE32[(pair >> (11 - (bit & 7))) & 31]
  }
  return text
}

function detail(status: number, text: string): Reply {
  return { status, body: { detail: text } }
}
