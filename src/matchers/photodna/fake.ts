/** Fake: a stand-in for the PhotoDNA Match service, which knows files by their SHA-256: no picture is compared. */
import { createHash } from 'node:crypto'
import { type Asked, type Failure, type Fake, type Reply, startFake } from '../fake.ts'

export interface PhotoDnaFakeSettings {
  readonly key: string
  /** SHA-256 of known files, in lower-case hex, with whose list knows them and what it says. */
  readonly files?: ReadonlyMap<string, { readonly source: string; readonly violations: readonly string[] }>
  readonly port?: number
}

const TYPES = ['image/gif', 'image/jpeg', 'image/png', 'image/bmp', 'image/tiff']
const BYTES_MAX = 4 * 1024 * 1024
const PIXELS_MIN = 160
/** First bytes of the formats that it takes. */
const MAGIC = ['474946', 'ffd8ff', '89504e47', '424d', '49492a00', '4d4d002a']
const PNG_IHDR_AT = 16

/** Starts a stand-in for the Match service, with its key, its limits and the statuses inside its answers. */
export function startPhotoDnaFake(settings: PhotoDnaFakeSettings): Promise<Fake> {
  return startFake((asked, failure) => reply(asked, failure, settings), settings.port)
}

function reply(asked: Asked, failure: Failure | undefined, settings: PhotoDnaFakeSettings): Reply {
  if (asked.headers['ocp-apim-subscription-key'] !== settings.key)
    return {
      status: 401,
      body: { statusCode: 401, message: 'Access denied due to invalid subscription key.' },
    }
  if (asked.method !== 'POST' || !/^\/photodna\/v1\.0\/Match(\?enhance)?$/.test(asked.path))
    return { status: 404, body: { statusCode: 404, message: 'Resource not found' } }
  if (failure?.kind === 'code') return said(failure.code, 'Fails on command')
  if (failure?.kind === 'astray') return { status: 200, body: { TrackingId: 'FAKE_0000_0000' } }
  const code = statusOf(asked)
  return code === 3000 ? said(code, 'OK', match(asked.body, settings)) : said(code, 'Refused')
}

function statusOf({ headers, body }: Asked): number {
  if (!TYPES.includes(String(headers['content-type']))) return 3002
  if (!MAGIC.some((magic) => body.toString('hex', 0, magic.length / 2) === magic)) return 3206
  return body.length > BYTES_MAX || isSmallPng(body) ? 3208 : 3000
}

function isSmallPng(body: Buffer): boolean {
  if (!body.toString('hex', 0, 4).startsWith('89504e47') || body.length < PNG_IHDR_AT + 8) return false
  return Math.min(body.readUInt32BE(PNG_IHDR_AT), body.readUInt32BE(PNG_IHDR_AT + 4)) < PIXELS_MIN
}

function match(body: Buffer, { files }: PhotoDnaFakeSettings): Record<string, unknown> {
  const known = files?.get(createHash('sha256').update(body).digest('hex'))
  const flags = known
    ? [
        {
          AdvancedInfo: [{ Key: 'MatchId', Value: '81' }],
          Source: known.source,
          Violations: known.violations,
        },
      ]
    : []
  return { IsMatch: known !== undefined, MatchDetails: { AdvancedInfo: [], MatchFlags: flags } }
}

function said(code: number, description: string, details: Record<string, unknown> = {}): Reply {
  return {
    status: 200,
    body: {
      Status: { Code: code, Description: description, Exception: null },
      ContentId: null,
      IsMatch: false,
      MatchDetails: { AdvancedInfo: [], MatchFlags: [] },
      ...details,
      XPartnerCustomerId: null,
      TrackingId: 'FAKE_0000_0000',
      EvaluateResponse: null,
    },
  }
}
