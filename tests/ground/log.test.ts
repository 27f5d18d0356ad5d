/** Log: lines that say what happened, and never whose file or key it was. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { errorFields, openLog, shortened } from '#ground/log'
import { Fault } from '#terms/fault'

function lines(): { written: string[]; destination: { write(line: string): void } } {
  const written: string[] = []
  return { written, destination: { write: (line) => written.push(line) } }
}

test('a line is one JSON object with its fields', () => {
  const { written, destination } = lines()
  openLog({ level: 'info', destination }).info('a slow request', { route: '/v1/match', seconds: 7 })
  expect(written).toHaveLength(1)
  expect(JSON.parse(written[0] ?? '')).toMatchObject({
    msg: 'a slow request',
    route: '/v1/match',
    seconds: 7,
  })
})

test('what is below the level is not written', () => {
  const { written, destination } = lines()
  const log = openLog({ level: 'warn', destination })
  log.debug('a')
  log.info('b')
  expect(written).toEqual([])
})

test('no digest, key or address leaves whole, wherever it stands in a line', () => {
  const secret = fc.oneof(
    fc.uint8Array({ minLength: 16, maxLength: 64 }).map((bytes) => Buffer.from(bytes).toString('hex')),
    fc
      .uint8Array({ minLength: 32, maxLength: 32 })
      .map((bytes) => `tut_${Buffer.from(bytes).toString('base64url')}`),
    fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
    fc.webUrl({ withQueryParameters: true }),
  )
  const plain = fc.constantFrom('', 'asked for ', '"', '(', ' at ')
  fc.assert(
    fc.property(plain, secret, plain, (before, hidden, after) => {
      const { written, destination } = lines()
      const log = openLog({ level: 'debug', destination })
      log.error(`${before}${hidden}${after}`, { because: `${before}${hidden}${after}`, key: hidden })
      expect(written.join('')).not.toContain(hidden)
    }),
    { numRuns: 50 },
  )
})

test('of a digest the first eight digits are left, to find it again by', () => {
  const digest = createHash('sha256').update('a').digest('hex')
  expect(shortened(`entry ${digest} of a list`)).toBe(`entry ${digest.slice(0, 8)}… of a list`)
})

test('a fault is told by its code; of a bug its place is told', () => {
  expect(errorFields(new Fault('store.full', 'no room'))).toEqual({ fault: 'store.full', because: 'no room' })
  expect(errorFields(new TypeError('x'))).toMatchObject({ error: 'TypeError', because: 'x' })
})
