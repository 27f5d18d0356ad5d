/** Uploads: files asked about as they are, through the decoders, and what becomes of large, slow, broken and hostile ones. */
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { crc32, deflateSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { type Decoders, openDecoders } from '#media/decoders'
import { asFile, edited } from '#scenes/edit'
import { scene } from '#scenes/scene'
import type { ServerDesk } from '#server/desk'
import { temporaryFolder } from '../support/folder.ts'
import { LinearIndex } from '../support/linear-index.ts'
import { bearer, clientsOf, openServer, serverFor } from '../support/server.ts'

let decoders: Decoders
let picture: Buffer
let turned: Buffer
let pdq: string
let app: FastifyInstance
beforeAll(async () => {
  decoders = await openDecoders({ jobs: 1, sandbox: 'auto' })
  picture = (await asFile(scene(5, 320, 240))).bytes
  turned = (await edited(scene(5, 320, 240), 'mirror', 1)).bytes
  const reading = await decoders.readBytes(picture, { pictures: true })
  if (reading.kind !== 'read' || reading.content.kind !== 'picture') throw new Error('no picture')
  pdq = Buffer.from(reading.content.frames[0]?.orientations.subarray(0, 32) ?? []).toString('hex')
  app = openServer(deskOf())
})
afterAll(async () => {
  await app.close()
  await decoders.close()
})

const clients = clientsOf({ name: 'desk', scopes: ['match', 'detail'] })

function deskOf(given: Partial<ServerDesk> = {}) {
  const index = new LinearIndex([{ id: 1, name: 'hotline' }], [{ list: 1, pdq }])
  return { index, clients, decoders, ...given }
}

/** A server with settings of its own. */
function served(settings: ServerDesk['settings'] = {}): FastifyInstance {
  return serverFor(deskOf({ settings }))
}

function send(app: FastifyInstance, payload: Buffer, type = 'application/octet-stream', url = '/v1/match') {
  return app.inject({ method: 'POST', url, headers: { ...bearer('desk'), 'content-type': type }, payload })
}

function form(file: Buffer, ...more: readonly string[]): Buffer {
  const head =
    '--b\r\nContent-Disposition: form-data; name="file"; filename="f.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
  const rest = more.map((part) => `\r\n--b\r\nContent-Disposition: form-data; ${part}`)
  return Buffer.concat([Buffer.from(head), file, Buffer.from(`${rest.join('')}\r\n--b--\r\n`)])
}
const FORM = 'multipart/form-data; boundary=b'

test('a turned picture is found, sent as it stands or as a form, and no disk is touched', async () => {
  const empty = await temporaryFolder()
  vi.stubEnv('TMPDIR', empty)
  onTestFinished(() => void vi.unstubAllEnvs())
  expect(tmpdir()).toBe(empty)
  const raw = await send(app, turned, 'image/jpeg')
  expect(raw.json()).toMatchObject({
    verdict: 'match',
    decision: 'hold',
    matches: [{ list: 'hotline', entry: 1, basis: 'pdq' }],
  })
  expect(raw.json().checked).toMatchObject([{ basis: 'pdq', orientations: { length: 8 } }])
  const asForm = await send(app, form(turned, 'name="reference"\r\n\r\nmine'), FORM)
  expect(asForm.json()).toEqual({ reference: 'mine', ...raw.json() })
  expect(readdirSync(empty)).toEqual([])
})

test('an empty file, and one that is sent encoded, is refused rather than said to be unknown to the lists', async () => {
  const nothing = Buffer.alloc(0)
  for (const answer of [await send(app, nothing, 'image/jpeg'), await send(app, form(nothing), FORM)]) {
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ detail: 'the file is empty' })
  }
  const headers = { ...bearer('desk'), 'content-type': 'image/jpeg', 'content-encoding': 'br' }
  const packed = await app.inject({ method: 'POST', url: '/v1/match', headers, payload: picture })
  expect(packed.statusCode).toBe(415)
  const head =
    '--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
  const asText = await send(app, Buffer.from(`${head}${picture.toString('base64')}\r\n--b--\r\n`), FORM)
  expect(asText.statusCode).toBe(415)
  const plain = form(picture)
    .toString('latin1')
    .replace('\r\n\r\n', '\r\nContent-Transfer-Encoding: binary\r\n\r\n')
  expect((await send(app, Buffer.from(plain, 'latin1'), FORM)).statusCode).toBe(200)
})

test('the hashes of a file are told', async () => {
  const answer = await send(app, picture, 'image/jpeg', '/v1/hash')
  const told = answer.json()
  expect(told).toMatchObject({
    kind: 'picture',
    format: 'jpeg',
    bytes: picture.length,
    width: 320,
    height: 240,
  })
  expect(told.frames[0].pdq[0]).toEqual({ orientation: 'orig', hash: pdq })
  expect(told.frames[0].pdq).toHaveLength(8)
})

test('what holds no picture is none; what may hold one that cannot be looked at is unknown', async () => {
  expect((await send(app, Buffer.from('a plain note\n'))).json()).toMatchObject({ verdict: 'none' })
  const cut = await send(app, picture.subarray(0, 3000), 'image/jpeg')
  expect(cut.json()).toMatchObject({ verdict: 'unknown', decision: 'hold' })
  expect((await send(app, Buffer.from('PK\x03\x04 an archive'))).json()).toMatchObject({ verdict: 'unknown' })
})

test('a decompression bomb is unknown, too large, and the service stands', async () => {
  const answer = await send(app, bomb(30_000, 30_000), 'image/png')
  expect(answer.json()).toMatchObject({ verdict: 'unknown', because: 'too-large', decision: 'hold' })
  expect((await send(app, picture, 'image/jpeg')).json()).toMatchObject({ verdict: 'match' })
})

test('a file above the limit is refused, however it is sent', async () => {
  const app = served({ uploadBytesMax: 5000 })
  for (const answer of [
    await send(app, picture, 'image/jpeg'),
    await send(app, form(picture), FORM),
    await send(app, Buffer.alloc(100_000)),
  ]) {
    expect(answer.statusCode).toBe(413)
    expect(answer.json()).toMatchObject({ type: 'urn:tutela:fault:request.too-large' })
  }
})

test('more files at once than there is room for are told to come back, and the room is given back', async () => {
  const app = served({ uploadsBytesMax: picture.length })
  const both = await Promise.all([send(app, picture, 'image/jpeg'), send(app, picture, 'image/jpeg')])
  expect(both.map((answer) => answer.statusCode).sort()).toEqual([200, 503])
  const busy = both.find((answer) => answer.statusCode === 503)
  expect(busy?.headers['retry-after']).toBe('2')
  expect((await send(app, picture, 'image/jpeg')).statusCode).toBe(200)
  expect(app.service.room.heldBytes).toBe(0)
})

test('a form without a file, with two, or with strange parts is refused', async () => {
  const two = form(picture, 'name="other"; filename="g"\r\n\r\nx')
  const strange = form(picture, 'name="account"\r\n\r\nsomebody')
  const none = Buffer.from('--b\r\nContent-Disposition: form-data; name="reference"\r\n\r\na\r\n--b--\r\n')
  for (const payload of [two, strange, none, Buffer.from('--b\r\n'), Buffer.from('nothing')]) {
    const answer = await send(app, payload, FORM)
    expect(answer.statusCode).toBeGreaterThanOrEqual(400)
    expect(answer.statusCode).toBeLessThan(500)
  }
  expect(app.service.room.heldBytes).toBe(0)
})

test('a client that sends too slowly is cut off, and one that goes away leaves nothing behind', async () => {
  const app = served({ requestSecondsMax: 1 })
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
  const head =
    'POST /v1/match HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer tut_desk\r\n' +
    'Content-Type: image/jpeg\r\nContent-Length: 5000\r\n\r\n'
  const slow = connect(Number(port), '127.0.0.1')
  slow.write(head)
  slow.write(picture.subarray(0, 1000))
  const gone = connect(Number(port), '127.0.0.1')
  gone.write(head)
  gone.write(picture.subarray(0, 1000), () => gone.destroy())
  const heard: Buffer[] = []
  slow.on('data', (chunk: Buffer) => heard.push(chunk))
  await new Promise((resolve) => slow.on('close', resolve))
  expect(Buffer.concat(heard).toString()).toMatch(/^HTTP\/1\.1 408 /)
  await expect.poll(() => app.service.room.heldBytes).toBe(0)
  await expect.poll(() => app.service.stopping.inHand).toBe(0)
})

test('who has no key is refused before a byte of the file is read', async () => {
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(
    'POST /v1/match HTTP/1.1\r\nHost: x\r\nContent-Type: image/jpeg\r\nContent-Length: 50000000\r\n\r\n',
  )
  const [answer] = await new Promise<Buffer[]>((resolve) =>
    socket.once('data', (chunk: Buffer) => resolve([chunk])),
  )
  expect(answer?.toString()).toMatch(/^HTTP\/1\.1 401 [\s\S]*connection: close/i)
  socket.destroy()
})

/** A PNG of few bytes and many pixels. */
function bomb(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data])
    const out = Buffer.alloc(body.length + 8)
    out.writeUInt32BE(data.length)
    body.copy(out, 4)
    out.writeUInt32BE(crc32(body), body.length + 4)
    return out
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([1, 0, 0, 0, 0], 8)
  const rows = deflateSync(Buffer.alloc(Math.ceil(width / 8 + 1) * 100))
  const signature = Buffer.from('89504e470d0a1a0a', 'hex')
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))])
}
