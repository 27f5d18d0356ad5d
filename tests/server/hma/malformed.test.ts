/** Malformed: whatever is sent to the HMA routes, the service says why not and stands. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hmaService } from '../../support/hma.ts'
import { bearer } from '../../support/server.ts'

const PATHS = [
  ...['/h/hash', '/m/raw_lookup', '/m/lookup', '/m/compare', '/m/index/status', '/c/banks', '/c/bank/BANK_A'],
  ...['/c/bank/BANK_A/content', '/c/bank/BANK_A/content/1', '/c/bank/BANK_A/signal', '/c/exchanges/apis'],
  ...['/c/exchanges/api/ncmec', '/c/exchanges/api/ncmec/schema', '/c/exchanges', '/c/exchange/X'],
  ...[
    '/c/exchange/X/status',
    '/c/signal_type',
    '/c/signal_type/pdq',
    '/c/signal_type/index',
    '/c/content_type',
  ],
]
const NAMES = [
  'url',
  'signal',
  'signal_type',
  'banks',
  'seed',
  'types',
  'content_type',
  'include_signals',
  '__proto__',
]
const VALUES = ['pdq', 'video_md5', '0'.repeat(64), 'photo', '', 'true', '1', '\0', '💥', 'http://[::1]/']

/** A text in an address, also one that is no whole text. */
function encoded(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString())
}

const word = fc.oneof(fc.constantFrom(...VALUES), fc.string({ maxLength: 40 }))
const query = fc.array(fc.tuple(fc.constantFrom(...NAMES), word), { maxLength: 4 }).map((pairs) => {
  const text = pairs.map(([name, value]) => `${name}=${encoded(value)}`).join('&')
  return text === '' ? '' : `?${text}`
})
const path = fc.oneof(
  fc.constantFrom(...PATHS),
  word.map((name) => `/c/bank/${encoded(name)}`),
  word.map((name) => `/c/bank/BANK_A/content/${encoded(name)}`),
  word.map((name) => `/c/exchange/${encoded(name)}`),
  word.map((name) => `/c/signal_type/${encoded(name)}`),
)
const MEMBERS = [
  'name',
  'enabled',
  'enabled_ratio',
  'pdq',
  'note',
  'metadata',
  'disable_until_ts',
  'bank',
  'api',
]
const json = fc
  .dictionary(
    fc.oneof(fc.constantFrom(...MEMBERS, 'api_json', 'credential_json', '__proto__'), fc.string()),
    fc.jsonValue(),
  )
  .map((object) => JSON.stringify(object))
const body = fc.oneof(
  json.map((payload) => ({ type: 'application/json', payload })),
  fc.string().map((payload) => ({ type: 'application/json', payload })),
  fc
    .string()
    .map((payload) => ({ type: 'multipart/form-data; boundary=b', payload: `--b\r\n${payload}\r\n--b--` })),
  fc.string().map((payload) => ({ type: 'text/plain', payload })),
)
const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH')

test('no request fails in any way that was not meant', async () => {
  const { app } = await hmaService({ foldMetadata: true })
  await fc.assert(
    fc.asyncProperty(method, path, query, body, async (how, to, asked, { type, payload }) => {
      const isSent = how !== 'GET'
      const answer = await app.inject({
        method: how as 'GET',
        url: `${to}${asked}`,
        headers: { ...bearer('keeper'), ...(isSent && { 'content-type': type }) },
        ...(isSent && { payload }),
      })
      const isMeant = answer.statusCode < 500 || answer.json().message === 'index not yet ready'
      expect(isMeant, `${how} ${to}${asked} ${payload}: ${answer.body}`).toBe(true)
    }),
    { numRuns: 400 },
  )
})
