/** Ask: what the HTTP client refuses, where it stops, and what it gives. */
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { ask } from '#ground/wire/ask'
import { site, viewOf } from './site.ts'

const limits = { bytesMax: 1 << 20, secondsMax: 5 }
const open = { ...limits, addresses: 'any' } as const
const closed = { ...limits, addresses: 'public' } as const

describe('what is given', () => {
  test('an answer has its status, headers, address and body, whatever its status', async () => {
    const { origin } = await site((request, response) => {
      response.writeHead(404, { 'X-Seen': request.headers['x-sent'] ?? '' })
      response.end(`${request.method} ${request.url}`)
    })
    const answer = await ask({ ...open, url: `${origin}/a?b#c`, headers: { 'X-Sent': 'yes' } })
    expect(answer).toMatchObject({ status: 404, headers: { 'x-seen': 'yes' } })
    expect(answer.url.href).toBe(`${origin}/a?b`)
    expect(await answer.text()).toBe('GET /a?b')
  })

  test('a body is sent as it is', async () => {
    const { origin } = await site(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      response.end(Buffer.concat(chunks))
    })
    const body = Uint8Array.of(0, 255, 1)
    const answer = await ask({ ...open, url: origin, method: 'POST', body })
    expect(new Uint8Array(await answer.bytes())).toEqual(body)
  })
})

describe('what is refused', () => {
  test.each([
    'ftp://example.org/',
    'file:///etc/passwd',
    'data:text/plain,a',
    'http://user@example.org/',
    'http://user:secret@example.org/',
    'http://example.org:22/',
    'http://example.org:6379/',
    'http://exa mple/',
    'http://1.2.3.4.5/',
    `http://example.org/${'a'.repeat(9000)}`,
  ])('%s is not asked, and no name is looked up for it', async (url) => {
    const { ask, looked } = viewOf({ public: ['127.0.0.1'], names: { 'example.org': [['127.0.0.1']] } })
    await expect(ask({ ...closed, url })).rejects.toMatchObject({ code: 'wire.refused' })
    expect(looked).toEqual([])
  })

  test.each([
    '127.0.0.1',
    '0x7f.1',
    '0177.0.0.1',
    '2130706433',
    '0x7f000001',
    '127.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '169.254.169.254',
    '[fd00:ec2::254]',
    '[64:ff9b::7f00:1]',
    '１２７.０.０.１',
    'localhost',
  ])('the loopback or metadata address written as %s is refused, and nothing is sent', async (host) => {
    let asked = 0
    const { port } = await site((_, response) => {
      asked += 1
      response.end()
    })
    const url = `http://${host}:${port}/`
    await expect(ask({ ...closed, url, ports: 'any' })).rejects.toMatchObject({ code: 'wire.refused' })
    expect(asked).toBe(0)
  })

  test('https is held to the same: a loopback name is refused before a connection is made', async () => {
    let connected = 0
    const { port, server } = await site((_, response) => response.end())
    server.on('connection', () => {
      connected += 1
    })
    for (const host of ['localhost', '127.0.0.1']) {
      const asked = ask({ ...closed, url: `https://${host}:${port}/`, ports: 'any' })
      await expect(asked).rejects.toMatchObject({ code: 'wire.refused' })
    }
    expect(connected).toBe(0)
  })

  test('a name with one private address among public ones is refused', async () => {
    const { port } = await site((_, response) => response.end('inside'))
    const { ask } = viewOf({ public: ['127.0.0.1'], names: { mixed: [['127.0.0.1', '127.0.0.2']] } })
    const url = `http://mixed:${port}/`
    await expect(ask({ ...closed, url, ports: 'any' })).rejects.toMatchObject({ code: 'wire.refused' })
  })

  test('a name that changes its address between two looks is connected to at the one that was checked', async () => {
    const outside = await site((_, response) => {
      response.setHeader('connection', 'close')
      response.end('outside')
    })
    const names = { turns: [['127.0.0.1'], ['127.0.0.2']] }
    const { ask, looked } = viewOf({ public: ['127.0.0.1'], names })
    const url = `http://turns:${outside.port}/`
    expect(await (await ask({ ...closed, url, ports: 'any' })).text()).toBe('outside')
    expect(looked).toEqual(['turns'])
    await expect(ask({ ...closed, url, ports: 'any' })).rejects.toMatchObject({ code: 'wire.refused' })
  })

  test('messages name scheme and host only', async () => {
    const { ask } = viewOf({ public: [], names: { 'host.example': [['127.0.0.1']] } })
    const url = 'http://host.example:8080/secret-path?token=1'
    const fault = await ask({ ...closed, url }).catch((error: Error) => error)
    expect(String(fault)).not.toMatch(/secret|token/)
  })
})

describe('limits', () => {
  test('the length that a HEAD is told is no body', async () => {
    const { origin } = await site((_, response) =>
      response.writeHead(200, { 'content-length': 10_000 }).end(),
    )
    const answer = await ask({ ...open, url: origin, method: 'HEAD', bytesMax: 10 })
    expect(answer.headers['content-length']).toBe('10000')
    expect(await answer.bytes()).toHaveLength(0)
  })

  test('a body that states more than the limit is not read', async () => {
    const { origin } = await site((_, response) =>
      response.writeHead(200, { 'content-length': 10_000 }).end(),
    )
    const asked = ask({ ...open, url: origin, bytesMax: 9_999 })
    await expect(asked).rejects.toMatchObject({ code: 'wire.too-large' })
  })

  test('a body without an end is cut at the limit', async () => {
    const { origin, server } = await site((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384))) {}
      }
      response.on('drain', more)
      more()
    })
    const answer = await ask({ ...open, url: origin, bytesMax: 1 << 20 })
    await expect(answer.bytes()).rejects.toMatchObject({ code: 'wire.too-large' })
    await expect.poll(() => connections(server)).toBe(0)
  })

  test('a body of exactly the limit is given', async () => {
    const { origin } = await site((_, response) => response.end(Buffer.alloc(1000)))
    expect(await (await ask({ ...open, url: origin, bytesMax: 1000 })).bytes()).toHaveLength(1000)
  })

  test('identity is asked for, and what comes packed all the same is unpacked up to the limit', async () => {
    const { origin } = await site((request, response) => {
      const plain = request.url === '/bomb' ? Buffer.alloc(50 << 20) : Buffer.from('packed')
      expect(request.headers['accept-encoding']).toBe('identity')
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(plain))
    })
    expect(await (await ask({ ...open, url: origin })).text()).toBe('packed')
    const bomb = await ask({ ...open, url: `${origin}/bomb` })
    let sizeBytes = 0
    const read = async (): Promise<void> => {
      for await (const chunk of bomb.body) sizeBytes += chunk.length
    }
    await expect(read()).rejects.toMatchObject({ code: 'wire.too-large' })
    expect(sizeBytes).toBeLessThanOrEqual(open.bytesMax)
  })

  test('packing that is unknown, or several deep, is refused', async () => {
    const { origin } = await site((request, response) => {
      response.writeHead(200, { 'content-encoding': request.url?.slice(1).replace('+', ', ') }).end('x')
    })
    for (const packing of ['compress', 'gzip+gzip', 'constructor'])
      await expect(ask({ ...open, url: `${origin}/${packing}` })).rejects.toMatchObject({
        code: 'wire.refused',
      })
  })

  test('headers that do not end are not read on', async () => {
    const { origin } = await site((_, response) => response.writeHead(200, { a: 'b'.repeat(20_000) }).end())
    await expect(ask({ ...open, url: origin })).rejects.toMatchObject({ code: 'wire.too-large' })
  })

  test('silence before the headers, and a body that drips, end when the time is up', async () => {
    const { origin } = await site((request, response) => {
      if (request.url === '/silent') return
      const drip = setInterval(() => response.write('a'), 20)
      response.on('close', () => clearInterval(drip))
    })
    const silent = ask({ ...open, url: `${origin}/silent`, secondsMax: 0.2 })
    await expect(silent).rejects.toMatchObject({ code: 'wire.too-slow' })
    const drips = await ask({ ...open, url: `${origin}/drips`, secondsMax: 0.2 })
    await expect(drips.text()).rejects.toMatchObject({ code: 'wire.too-slow' })
  })

  test('a request that is stopped ends with the reason it was stopped for', async () => {
    const stop = new AbortController()
    const reason = new Error('enough')
    const { origin } = await site(() => stop.abort(reason))
    await expect(ask({ ...open, url: origin, stop: stop.signal })).rejects.toBe(reason)
    await expect(ask({ ...open, url: origin, stop: stop.signal })).rejects.toBe(reason)
  })
})

describe('what fails outside', () => {
  test('a name that is none, a port where nobody listens and a cut answer are unreachable', async () => {
    const { ask } = viewOf({ public: ['127.0.0.1'] })
    await expect(ask({ ...open, url: 'http://nobody.invalid/' })).rejects.toMatchObject({
      code: 'wire.unreachable',
    })
    const { origin, server } = await site((_, response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('half', () => response.destroy())
    })
    const cut = await ask({ ...open, url: origin })
    await expect(cut.bytes()).rejects.toMatchObject({ code: 'wire.unreachable' })
    await new Promise((resolve) => server.close(resolve))
    await expect(ask({ ...open, url: origin })).rejects.toMatchObject({ code: 'wire.unreachable' })
  })

  test('a body that is dropped lets go of its connection', async () => {
    const { origin, server } = await site((_, response) => response.writeHead(200).write('never ends'))
    const answer = await ask({ ...open, url: origin })
    answer.drop()
    await expect.poll(() => connections(server)).toBe(0)
  })
})

function connections(server: import('node:http').Server): Promise<number> {
  return new Promise((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  )
}
