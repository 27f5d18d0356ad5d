/** Joined: what remote matchers say, what is kept when it passed, and what is fetched by its address, over HTTP. */
import { expect, onTestFinished, test } from 'vitest'
import { startShieldFake } from '#matchers/shield/fake'
import { SHIELD_LIMITS, shield } from '#matchers/shield/shield'
import { FETCH_LIMITS, fetching } from '#workflow/gate/fetch'
import type { LookedUpItem } from '#workflow/retro/record'
import { site, viewOf } from '../ground/wire/site.ts'
import { LinearIndex } from '../support/linear-index.ts'
import { bearer, clientsOf, serverFor } from '../support/server.ts'

const PDQ = '3a5f7c91d2e4b6805f1e3d7c9ba86420f0e1d2c3b4a5968778695a4b3c2d1e0f'
const FAR = 'f'.repeat(64)
const index = () => new LinearIndex([{ id: 1, name: 'hotline' }], [{ list: 1, pdq: PDQ }])
const clients = clientsOf(
  { name: 'desk', scopes: ['match', 'detail'], retro: { webhook: 'https://site.example/', keepHours: 1 } },
  { name: 'untold', scopes: ['match'] },
)
const item = (hash: string, reference?: string) => ({
  pdq: [{ hash, quality: 100 }],
  ...(reference && { reference }),
})

function askerOf(app: ReturnType<typeof serverFor>) {
  return async (payload: object, who = 'desk', url = '/v1/match') => {
    const answer = await app.inject({ method: 'POST', url, headers: bearer(who), payload })
    return { status: answer.statusCode, body: answer.json() }
  }
}

test('remote matchers are asked about one item and about many; one that fails makes the verdict unknown, not none', async () => {
  const credentials = { user: 'someone', password: 'secret' }
  const fake = await startShieldFake({ ...credentials, pdq: new Map([[FAR, 'csam']]) })
  onTestFinished(fake.close)
  const limits = { ...SHIELD_LIMITS, triesMax: 1, requestsPerSecond: 1000 }
  const settings = {
    ...credentials,
    url: fake.url,
    sends: 'hashes',
    addresses: 'any',
    bytesMax: 1,
    limits,
  } as const
  const asking = askerOf(serverFor({ index: index(), clients, remote: [shield(settings)] }))
  expect((await asking(item(FAR))).body).toMatchObject({
    verdict: 'match',
    decision: 'hold',
    remote: [{ matcher: 'shield', kind: 'match', category: 'csam', near: true }],
  })
  const other = item('0'.repeat(64))
  const { body } = await asking({ items: [item(FAR), other] }, 'untold', '/v1/match/batch')
  expect(body.items.map(({ verdict }: { verdict: string }) => verdict)).toEqual(['match', 'none'])
  expect(JSON.stringify(body)).not.toContain('shield')
  fake.fail({ kind: 'status', status: 500 })
  expect((await asking(other)).body).toMatchObject({
    verdict: 'unknown',
    because: 'remote-failed',
    decision: 'hold',
    remote: [{ matcher: 'shield', kind: 'unknown', because: 'it answered with status 500' }],
  })
})

test('what passed is kept for a client that is told, as it was looked up, before it is answered', async () => {
  const kept: LookedUpItem[] = []
  const passed = {
    record: async (looked: LookedUpItem) => {
      if (looked.reference === 'full') throw new Error('not kept')
      kept.push(looked)
    },
  }
  const asking = askerOf(serverFor({ index: index(), clients, passed }))
  await asking(item(FAR, 'a'))
  await asking({ items: [item(FAR, 'b'), item(FAR, 'c')] }, 'desk', '/v1/match/batch')
  await asking(item(FAR, 'd'), 'untold')
  expect(kept.map(({ reference, number, verdict }) => [reference, number, verdict.verdict])).toEqual([
    ['a', 1, 'none'],
    ['b', 1, 'none'],
    ['c', 1, 'none'],
  ])
  expect(kept[0]?.fingerprint.pdq.map(({ hash }) => Buffer.from(hash).toString('hex'))).toEqual([FAR])
  const full = await asking(item(FAR, 'full'))
  expect(full.status).toBe(500)
  expect(full.body).not.toHaveProperty('verdict')
  expect(await asking({ url: 'https://site.example/' })).toMatchObject({ status: 403 })
})

test('an item is fetched by its address and told of without it; a private address is refused', async () => {
  const bytes: string[] = []
  const decoders = {
    readBytes: async (content: Buffer) => {
      bytes.push(content.toString())
      const digests = { bytes: 1, md5: '0'.repeat(32), sha1: '0'.repeat(40), sha256: '0'.repeat(64) }
      return { kind: 'read' as const, digests: digests as never, content: { kind: 'other' as const } }
    },
  }
  const { origin, port } = await site((_, response) => response.end('an item'))
  const { ask } = viewOf({ public: ['127.0.0.1'] })
  const fetchItem = fetching({ ...FETCH_LIMITS, ports: [port] }, ask)
  const asking = askerOf(serverFor({ index: index(), clients, decoders, fetchItem }))
  const answer = await asking({ url: `${origin}/picture?token=secret` })
  expect(answer).toMatchObject({ status: 200, body: { verdict: 'none' } })
  expect(JSON.stringify(answer)).not.toContain('secret')
  const refused = await asking({ url: `http://127.0.0.2:${port}/` })
  expect(refused.status).toBeGreaterThanOrEqual(400)
  expect(refused.body).toMatchObject({ type: 'urn:tutela:fault:wire.refused' })
  expect(bytes).toEqual(['an item'])
})
