/** Files over the HMA interface: uploaded or fetched, hashed, added and looked up, with real decoders. */
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Decoders, openDecoders } from '#media/decoders'
import type { HmaOptions } from '#server/hma/desk'
import { Fault } from '#terms/fault'
import type { Fetching } from '#workflow/hma/desk'
import { temporaryFolder } from '../../support/folder.ts'
import { type HmaService, hmaService } from '../../support/hma.ts'
import { picture } from '../../support/pictures.ts'

let decoders: Decoders

beforeAll(async () => {
  decoders = await openDecoders({ jobs: 1, sandbox: 'off' })
})
afterAll(() => decoders.close())

const service = (hma: HmaOptions = {}) => hmaService(hma, { decoders, settings: { uploadBytesMax: 300_000 } })

async function scene(number: number, edit?: Parameters<typeof picture>[3]): Promise<Buffer> {
  return readFile(await picture(await temporaryFolder(), 'scene.jpg', number, edit))
}

type Part = readonly [field: string, content: string | Buffer]

/** A form as an HTTP client writes it. */
function form(...parts: readonly Part[]) {
  const boundary = '--a-boundary'
  const written = parts.flatMap(([field, content]) => {
    const file = typeof content === 'string' ? '' : '; filename="f"\r\nContent-Type: application/octet-stream'
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${field}"${file}\r\n\r\n`
    return [Buffer.from(head), Buffer.from(content), Buffer.from('\r\n')]
  })
  return {
    method: 'POST',
    payload: Buffer.concat([...written, Buffer.from(`--${boundary}--\r\n`)]),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  } as const
}

async function post(hma: HmaService, url: string, ...parts: readonly Part[]) {
  const answer = await hma.ask({ url, ...form(...parts) })
  return { status: answer.statusCode, body: answer.json() }
}

test('a form that breaks off, or whose file is encoded, is the fault of its sender', async () => {
  const hma = await service()
  const head = '--b\r\nContent-Disposition: form-data; name="video"; filename="f"\r\n'
  const send = (payload: string) =>
    hma.ask({
      ...{ method: 'POST', url: '/m/lookup', payload },
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
    })
  expect((await send(`${head}\r\nthe beginning of a`)).statusCode).toBe(400)
  const encoded = await send(`${head}Content-Transfer-Encoding: base64\r\n\r\nYQ==\r\n--b--\r\n`)
  expect(encoded.statusCode).toBe(415)
})

test('a photo has its PDQ and a video its digests, of the types that were asked for', async () => {
  const hma = await service()
  const photo = await post(hma, '/h/hash', ['photo', await scene(1)])
  expect(photo).toEqual({ status: 200, body: { pdq: expect.stringMatching(/^[0-9a-f]{64}$/) } })
  const video = Buffer.from('this stands for a video')
  const hashed = await post(hma, '/h/hash', ['video', video])
  expect(hashed.body).toEqual({
    video_md5: expect.stringMatching(/^[0-9a-f]{32}$/),
    video_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
  expect((await post(hma, '/h/hash?types=video_md5', ['video', video])).body).toEqual({
    video_md5: hashed.body.video_md5,
  })
})

test('a form that is not one file of a known type is refused', async () => {
  const hma = await service()
  const bytes = await scene(1)
  const status = async (url: string, ...parts: readonly Part[]) => (await post(hma, url, ...parts)).status
  expect(await status('/h/hash', ['note', 'no file'])).toBe(400)
  expect(await status('/h/hash', ['photo', bytes], ['photo', bytes])).toBe(400)
  expect(await status('/h/hash', ['photo', bytes], ['video', bytes])).toBe(400)
  expect(await status('/h/hash', ['file', bytes])).toBe(400)
  expect(await status('/h/hash', ['photo', Buffer.from('no picture at all')])).toBe(400)
  expect(await status('/h/hash', ['photo', Buffer.alloc(0)])).toBe(400)
  expect(await status('/h/hash', ['photo', Buffer.alloc(300_001)])).toBe(413)
  expect(await status('/h/hash?types=video_md5', ['photo', bytes])).toBe(400)
  expect(await status('/h/hash?types=%20,', ['photo', bytes])).toBe(400)
  expect((await hma.send('POST', '/h/hash', { photo: 'x' })).statusCode).toBe(400)
  expect((await hma.ask({ method: 'POST', url: '/m/lookup' })).statusCode).toBe(400)
})

test('a picture with too little in it has an empty PDQ, is not added, and is never said to match nothing', async () => {
  const hma = await service()
  await hma.send('POST', '/c/banks', { name: 'BANK_A' })
  const { default: sharp } = await import('sharp')
  const plain = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#888' } })
    .png()
    .toBuffer()
  expect((await post(hma, '/h/hash', ['photo', plain])).body).toEqual({ pdq: '' })
  for (const url of ['/m/lookup', '/c/bank/BANK_A/content'])
    expect(await post(hma, url, ['photo', plain])).toEqual({
      status: 400,
      body: { message: expect.stringContaining('nvalid') },
    })
})

test('a file that was cut off is said to be so where nothing of it matched', async () => {
  const hma = await service()
  await hma.send('POST', '/c/banks', { name: 'BANK_A' })
  const whole = await scene(1)
  const cut = whole.subarray(0, Math.floor(whole.length * 0.7))
  const answer = await post(hma, '/m/lookup', ['photo', cut])
  expect([answer.status, Object.keys(answer.body)]).toEqual([400, ['message']])
})

test('a photo is found however it is turned; by its hash alone only as it stands', async () => {
  const hma = await service()
  await hma.send('POST', '/c/banks', { name: 'BANK_A' })
  const { id } = (await post(hma, '/c/bank/BANK_A/content', ['photo', await scene(1)])).body
  const { default: sharp } = await import('sharp')
  const turned = await sharp(await scene(1))
    .rotate(90)
    .jpeg()
    .toBuffer()
  const found = await post(hma, '/m/lookup', ['photo', turned])
  expect(found.body).toEqual({ pdq: { BANK_A: [{ bank_content_id: id, distance: expect.any(String) }] } })
  const { pdq } = (await post(hma, '/h/hash', ['photo', turned])).body
  expect((await hma.get(`/m/lookup?signal_type=pdq&signal=${pdq}`)).json()).toEqual({})
  expect((await post(hma, '/m/lookup', ['photo', await scene(2)])).body).toEqual({ pdq: {} })
  await hma.send('PUT', '/c/bank/BANK_A', { enabled: false })
  expect((await post(hma, '/m/lookup', ['photo', turned])).body).toEqual({ pdq: {} })
  expect((await post(hma, '/m/lookup?bypass_coinflip=true', ['photo', turned])).body).toEqual(found.body)
  expect((await post(hma, '/m/lookup?bypass_coinflip=true&banks=BANK_B', ['photo', turned])).body).toEqual({
    pdq: {},
  })
})

test('a photo whose bytes are on a list is found by them too, unless only other types were asked for', async () => {
  const hma = await service()
  await hma.send('POST', '/c/banks', { name: 'BANK_A' })
  const bytes = await scene(1)
  const { video_sha256 } = (await post(hma, '/h/hash', ['video', bytes])).body
  await hma.send('POST', '/c/bank/BANK_A/signal', { video_sha256 })
  expect((await post(hma, '/m/lookup', ['photo', bytes])).body).toEqual({
    pdq: {},
    video_sha256: { BANK_A: [{ bank_content_id: expect.any(Number), distance: '-' }] },
  })
  expect((await post(hma, '/m/lookup?types=pdq', ['photo', bytes])).body).toEqual({ pdq: {} })
})

test('metadata and a note come with the file; unknown keys are refused, or folded where that is set', async () => {
  const strict = await service()
  const lenient = await service({ foldMetadata: true })
  for (const hma of [strict, lenient]) await hma.send('POST', '/c/banks', { name: 'BANK_A' })
  const bytes = await scene(1)
  const add = (hma: HmaService, ...parts: readonly Part[]) =>
    post(hma, '/c/bank/BANK_A/content', ['photo', bytes], ...parts)
  const shown = async (hma: HmaService, id: number, query = '') =>
    (await hma.get(`/c/bank/BANK_A/content/${id}${query}`)).json()

  const said = JSON.stringify({ content_id: 'abc', json: { k: 1 }, collab: { X: ['forged'] } })
  const added = await add(strict, ['metadata', said], ['note', 'x'])
  expect(added).toEqual({
    status: 200,
    body: { id: expect.any(Number), signals: { pdq: expect.any(String) } },
  })
  expect(await shown(strict, added.body.id)).toMatchObject({
    metadata: { content_id: 'abc', content_uri: null, json: { k: 1 }, collab: null },
    note: 'x',
  })
  expect(await shown(strict, added.body.id, '?include_metadata=false')).not.toHaveProperty('metadata')

  const unknown: Part = ['metadata', JSON.stringify({ reporter: 'desk', json: { k: 1 } })]
  expect((await add(strict, unknown)).status).toBe(400)
  const folded = (await add(lenient, unknown, ['content_id', 'item-7'], ['content_uri', 'uri'])).body
  expect((await shown(lenient, folded.id)).metadata).toEqual({
    ...{ content_id: 'item-7', content_uri: 'uri', collab: null },
    json: { reporter: 'desk', k: 1 },
  })
  for (const bad of ['{', '[]', '"text"', '{"json":[]}', '{"content_id":7}'])
    expect((await add(lenient, ['metadata', bad])).status).toBe(400)
})

test('what is at an address is fetched, hashed and looked up by what it is', async () => {
  const asked: string[] = []
  const bytes = await scene(1)
  const answers: Record<string, { status: number; type: string } | Fault> = {
    'https://example.org/a.jpg': { status: 200, type: 'image/jpeg' },
    'https://example.org/a': { status: 200, type: 'application/octet-stream' },
    'https://example.org/v.mp4': { status: 200, type: 'Video/MP4' },
    'https://example.org/gone': { status: 404, type: 'image/jpeg' },
    'http://10.0.0.1/': new Fault('wire.refused', 'not public'),
    'https://example.org/large': new Fault('wire.too-large', 'too large'),
  }
  const fetch: Fetching = async (url, read) => {
    asked.push(url)
    const answer = answers[url]
    if (!answer || answer instanceof Fault) throw answer ?? new Fault('wire.unreachable', 'nothing there')
    const body = (async function* () {
      yield bytes
    })()
    return read({ status: answer.status, headers: { 'content-type': answer.type }, body })
  }
  const hma = await service({ fetch })
  const at = async (path: string, url: string, more = '') => {
    const answer = await hma.get(`${path}?url=${encodeURIComponent(url)}${more}`)
    return [answer.statusCode, Object.keys(answer.json())]
  }
  expect(await at('/h/hash', 'https://example.org/a.jpg')).toEqual([200, ['pdq']])
  expect(await at('/h/hash', 'https://example.org/v.mp4')).toEqual([200, ['video_md5', 'video_sha256']])
  expect(await at('/h/hash', 'https://example.org/a')).toEqual([400, ['message']])
  expect(await at('/h/hash', 'https://example.org/a', '&content_type=photo')).toEqual([200, ['pdq']])
  expect(await at('/h/hash', 'https://example.org/a', '&content_type=text')).toEqual([400, ['message']])
  expect(await at('/h/hash', 'https://example.org/gone')).toEqual([400, ['message']])
  expect(await at('/h/hash', 'http://10.0.0.1/')).toEqual([400, ['message']])
  expect(await at('/h/hash', 'https://example.org/large')).toEqual([413, ['message']])

  await hma.send('POST', '/c/banks', { name: 'BANK_A' })
  const url = `/c/bank/BANK_A/content?url=${encodeURIComponent('https://example.org/a.jpg')}`
  const { id } = (await hma.send('POST', url, { metadata: { content_id: 'abc' }, note: 'n' })).json()
  const lookup = await hma.get('/m/lookup?url=https://example.org/a.jpg')
  const match = { BANK_A: [{ bank_content_id: id, distance: '0' }] }
  expect(lookup.json()).toEqual({ pdq: match })
  expect((await hma.get('/m/lookup?url=https://example.org/a.jpg&signal_type=pdq')).json()).toEqual(match)
  expect((await hma.get('/m/lookup?url=https://example.org/a.jpg&signal_type=video_md5')).json()).toEqual({})
  expect((await hma.get(`/c/bank/BANK_A/content/${id}`)).json()).toMatchObject({
    metadata: { content_id: 'abc' },
    note: 'n',
    original_media_uri: null,
  })
})
