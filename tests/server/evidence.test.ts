/** Evidence over HTTP: looked at once and uncached, handed over once, by who is signed in; seen as the world outside sees it. */

import { Decrypter, generateIdentity, identityToRecipient } from 'age-encryption'
import type { FastifyInstance } from 'fastify'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signingKey } from '#ledger/key'
import { type Decoders, openDecoders } from '#media/decoders'
import { Database } from '#store/database'
import { beginSession, SESSION_LIMITS } from '#store/sessions'
import type { ItemId } from '#terms/evidence'
import type { PersonId, Role } from '#terms/people'
import { drawn, scene } from '../media/pictures.ts'
import { temporaryDatabase } from '../support/database.ts'
import { DIGESTS } from '../support/digests.ts'
import { LinearIndex } from '../support/linear-index.ts'
import { someone } from '../support/people.ts'
import { clientsOf, serverFor } from '../support/server.ts'
import { HAS_FFMPEG, videoOf } from '../support/video.ts'
import { later, movableDesk, sealedItem } from '../support/viewing.ts'

let decoders: Decoders
beforeAll(async () => {
  decoders = await openDecoders({ jobs: 1, sandbox: 'auto' })
})
afterAll(() => decoders.close())

const KEY = signingKey('tutela.example/log', Buffer.alloc(32, 7))

interface Signed {
  readonly id: PersonId
  readonly headers: { readonly authorization: string }
}

interface Desk {
  readonly app: FastifyInstance
  readonly item: ItemId
  readonly original: Buffer
  as(...roles: readonly Role[]): Promise<Signed>
  /** Moves the clock on. */
  later(seconds: number): void
  /** Seals more into the same case. */
  sealed(bytes: Buffer): Promise<ItemId>
}

async function opened(): Promise<Desk> {
  const at = await temporaryDatabase()
  const desk = await movableDesk(at)
  const database = new Database(at.config, { connectionsMax: 4, digests: DIGESTS })
  const app = serverFor({
    ...{ index: new LinearIndex([], []), clients: clientsOf(), database, now: desk.now },
    ...{
      evidence: desk.evidence,
      render: decoders.render,
      renderVideo: decoders.renderVideo,
      ledgerKey: async () => KEY,
    },
  })
  app.addHook('onClose', () => database.close())
  const original = await drawn(scene(9, 640, 480))
    .withExif({ IFD0: { Copyright: 'a marker' } })
    .jpeg()
    .toBuffer()
  const as = async (...roles: readonly Role[]): Promise<Signed> => {
    const { id } = await someone(database, roles, { cases: ['K-1'] })
    const given = { person: id, how: 'password', limits: SESSION_LIMITS } as const
    const { token } = await database.transaction((tx) => beginSession(tx, given, desk.clock))
    return { id, headers: { authorization: `Bearer ${token}` } }
  }
  const sealed = (bytes: Buffer): Promise<ItemId> => sealedItem(desk, 'K-1', bytes)
  return { app, as, sealed, later: (seconds) => later(desk, seconds), original, item: await sealed(original) }
}

const KEPT_BY_NOBODY = { 'cache-control': 'no-store' }

test('a picture is asked for, given once and uncached, and ended', async () => {
  const { app, as, item, original } = await opened()
  const { headers } = await as('analyst')
  const asked = { item, level: 'full', purpose: 'assess', case: 'K-1', seconds: 30 }
  const granted = await app.inject({ method: 'POST', url: '/v1/viewings', headers, payload: asked })
  expect([granted.statusCode, granted.json()]).toMatchObject([
    201,
    { seconds: 30, exposure: 'ok', units: 40 },
  ])
  expect(granted.headers).toMatchObject(KEPT_BY_NOBODY)
  const url = `/v1/viewings/${granted.json().viewing}`
  const payload = { screen: { width: 500, height: 500 } }
  const [get, head] = [
    await app.inject({ method: 'GET', url: `${url}/picture`, headers }),
    await app.inject({ method: 'HEAD', url: `${url}/picture`, headers }),
  ]
  expect([get.statusCode, head.statusCode]).toEqual([404, 404])
  const shown = await Promise.all(
    [1, 2, 3].map(() => app.inject({ method: 'POST', url: `${url}/picture`, headers, payload })),
  )
  expect(shown.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409, 409])
  const picture = shown.find(({ statusCode }) => statusCode === 200) ?? get
  expect(picture.headers).toMatchObject({
    ...KEPT_BY_NOBODY,
    'content-type': 'image/jpeg',
    'x-viewing-whole': 'true',
  })
  expect(await sharp(picture.rawPayload).metadata()).toMatchObject({
    width: 500,
    height: 375,
    format: 'jpeg',
  })
  expect(picture.rawPayload.includes('a marker')).toBe(false)
  expect(original.includes('a marker')).toBe(true)
  const seen = { seenMilliseconds: 0, complete: true }
  const ended = await app.inject({ method: 'POST', url: `${url}/end`, headers, payload: seen })
  expect(ended.json()).toEqual({ ending: 'complete', seenMilliseconds: 0, units: 10, whole: true })
  const mine = await app.inject({ method: 'GET', url: '/v1/exposure/me', headers })
  expect(mine.json()).toMatchObject({ state: 'ok', units: 10, looks: [{ level: 'full', units: 10 }] })
})

test('a hash card has the digests, and refusals say why in plain words', async () => {
  const { app, as, item } = await opened()
  const { headers } = await as('reviewer')
  const asked = { item, level: 'card', purpose: 'second-review' }
  const { viewing } = (
    await app.inject({ method: 'POST', url: '/v1/viewings', headers, payload: asked })
  ).json()
  const card = await app.inject({
    method: 'POST',
    url: `/v1/viewings/${viewing}/picture`,
    headers,
    payload: {},
  })
  expect(card.json()).toMatchObject({ item, mediaType: 'image/jpeg' })
  expect(card.json().pattern).toHaveLength(9)
  const { headers: administrators } = await as('administrator')
  const refused = await app.inject({
    method: 'POST',
    url: '/v1/viewings',
    headers: administrators,
    payload: asked,
  })
  expect([refused.statusCode, refused.json().type]).toEqual([403, 'urn:tutela:fault:people.refused'])
  expect(refused.json().detail).toContain('no role of yours may do this')
  const unsigned = await app.inject({ method: 'POST', url: '/v1/viewings', payload: asked })
  expect(unsigned.statusCode).toBe(401)
  for (const payload of [
    { ...asked, level: 'region' },
    { ...asked, item: 'v-1' },
    { ...asked, more: 1 },
    { ...asked, seconds: 0 },
  ])
    expect((await app.inject({ method: 'POST', url: '/v1/viewings', headers, payload })).statusCode).toBe(400)
})

test('breaks and opt-outs are one’s own, budgets another’s, totals nobody’s in particular', async () => {
  const { app, as } = await opened()
  const [analyst, supervisor] = [await as('analyst'), await as('supervisor')]
  const post = (url: string, payload: object, { headers } = analyst) =>
    app.inject({ method: 'POST', url, headers, payload })
  expect((await post('/v1/exposure/me/breaks', { minutes: 20 })).json()).toMatchObject({ state: 'break-due' })
  const { id } = (await post('/v1/exposure/me/opt-outs', { category: 'view' })).json()
  const mine = await app.inject({ method: 'GET', url: '/v1/exposure/me', headers: analyst.headers })
  expect(mine.json()).toMatchObject({ state: 'opted-out', optOuts: [{ id, category: 'view' }] })
  const taken = await app.inject({
    method: 'DELETE',
    url: `/v1/exposure/me/opt-outs/${id}`,
    headers: analyst.headers,
  })
  expect(taken.statusCode).toBe(204)
  const budget = { method: 'PUT', url: `/v1/people/${analyst.id}/budget`, payload: { units: 50 } } as const
  expect((await app.inject({ ...budget, headers: analyst.headers })).statusCode).toBe(403)
  expect((await app.inject({ ...budget, headers: supervisor.headers })).statusCode).toBe(204)
  const totals = { method: 'GET', url: '/v1/exposure/totals?from=2026-03-01&to=2026-03-02' } as const
  expect((await app.inject({ ...totals, headers: supervisor.headers })).json()).toEqual({ days: [] })
  expect((await app.inject({ ...totals, headers: analyst.headers })).statusCode).toBe(403)
})

test('a handover goes through five pairs of hands and comes out as one age file', async () => {
  const { app, as, item } = await opened()
  const [supervisor, officer, senior] = [
    await as('supervisor'),
    await as('officer'),
    await as('approving-senior-officer'),
  ]
  const identity = await generateIdentity()
  const post = ({ headers }: Signed, url: string, payload?: object) =>
    app.inject({ method: 'POST', url, headers, ...(payload && { payload }) })
  const key = await identityToRecipient(identity)
  const recipient = (await post(supervisor, '/v1/recipients', { name: 'A unit', kind: 'police', key })).json()
  for (const one of [officer, senior])
    expect(
      (await post(one, `/v1/recipients/${recipient.id}/checks`, { how: 'by telephone' })).statusCode,
    ).toBe(200)
  const asked = {
    items: [item],
    recipient: recipient.id,
    case: 'K-1',
    purpose: 'proceedings',
    because: 'the court',
  }
  const { id } = (await post(officer, '/v1/handovers', asked)).json()
  expect((await post(officer, `/v1/handovers/${id}/file`)).statusCode).toBe(409)
  expect((await post(officer, `/v1/handovers/${id}/approval`)).statusCode).toBe(403)
  expect((await post(senior, `/v1/handovers/${id}/approval`)).json()).toMatchObject({ approvedBy: senior.id })
  const file = await post(officer, `/v1/handovers/${id}/file`)
  expect([file.statusCode, file.headers['cache-control']]).toEqual([200, 'no-store'])
  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  const archive = Buffer.from(await decrypter.decrypt(file.rawPayload))
  for (const path of ['manifest.txt', 'custody.jsonld', `items/${item}`])
    expect(archive.includes(path)).toBe(true)
  expect((await post(officer, `/v1/handovers/${id}/file`)).statusCode).toBe(409)
  expect(
    (await post(officer, `/v1/handovers/${id}/receipt`, { receipt: 'reference 4711' })).json(),
  ).toMatchObject({ receipt: 'reference 4711' })
  const seen = await app.inject({ method: 'GET', url: '/v1/handovers?case=K-1', headers: officer.headers })
  expect(seen.json().handovers).toMatchObject([{ id, receipt: 'reference 4711' }])
})

test.skipIf(!HAS_FFMPEG)(
  'a video is looked at frame by frame, in one answer that nothing keeps',
  async () => {
    const { app, as, sealed, later } = await opened()
    const { headers } = await as('analyst')
    const item = await sealed(videoOf('mp4', [20, 120, 220]))
    const post = (url: string, payload: object) => app.inject({ method: 'POST', url, headers, payload })
    const asked = { item, level: 'full', purpose: 'assess', case: 'K-1', frames: { from: 0, until: 10 } }
    const granted = await post('/v1/viewings', asked)
    expect(granted.statusCode).toBe(201)
    const url = `/v1/viewings/${granted.json().viewing}`
    const shown = await post(`${url}/frames`, {})
    expect(shown.statusCode).toBe(200)
    expect(shown.headers['cache-control']).toBe('no-store')
    expect(shown.json()).toMatchObject({ secondsInAll: 3, whole: true })
    const means = shown.json().frames.map(async ({ picture }: { readonly picture: string }) => {
      const { channels } = await sharp(Buffer.from(picture, 'base64')).greyscale().stats()
      return Math.round((channels[0]?.mean ?? 0) / 100)
    })
    expect(await Promise.all(means)).toEqual([0, 1, 2])
    expect((await post(`${url}/frames`, {})).statusCode).toBe(409)
    later(1)
    const ended = await post(`${url}/end`, { seenMilliseconds: 1000, complete: true })
    expect(ended.json()).toMatchObject({ ending: 'complete', whole: true, units: 17 })
    for (const frames of [
      { strip: 61 },
      { strip: 3, from: 1 },
      { from: 5, until: 5 },
      { from: 0, until: 61 },
    ])
      expect((await post('/v1/viewings', { ...asked, frames })).statusCode).toBe(400)
  },
)
