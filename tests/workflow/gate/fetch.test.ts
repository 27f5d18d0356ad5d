/** Fetch: an item by its address, from public addresses only, within limits. */
import { describe, expect, test } from 'vitest'
import { FETCH_LIMITS, fetching } from '#workflow/gate/fetch'
import { site, viewOf } from '../../ground/wire/site.ts'

const item = Buffer.from('an item')

/** A fetcher for which only 127.0.0.1 is public, and a site there. */
async function world(limits: Partial<typeof FETCH_LIMITS> = {}) {
  let open = 0
  let openMost = 0
  const { origin, port } = await site((request, response) => {
    open += 1
    openMost = Math.max(openMost, open)
    response.on('close', () => {
      open -= 1
    })
    const to = request.url?.startsWith('/to/') && decodeURIComponent(request.url.slice(4))
    if (to) response.writeHead(302, { location: to }).end()
    else if (request.url?.startsWith('/gone')) response.writeHead(404).end('no item')
    else if (request.url === '/empty') response.end()
    else if (request.url === '/endless') response.write('a')
    else setImmediate(() => response.end(item))
  })
  const { ask } = viewOf({ public: ['127.0.0.1'], names: { inside: [['10.0.0.1']] } })
  const fetchItem = fetching({ ...FETCH_LIMITS, ports: [port], ...limits }, ask)
  return { fetchItem, origin, port, most: () => openMost }
}

describe('an item', () => {
  test('is given as bytes, after redirects too', async () => {
    const { fetchItem, origin } = await world()
    expect(await fetchItem(`${origin}/a`)).toEqual(item)
    expect(await fetchItem(`${origin}/to/${encodeURIComponent(`${origin}/a`)}`)).toEqual(item)
  })

  test('is refused at an address that is not public, whatever leads there', async () => {
    const { fetchItem, origin, port } = await world()
    for (const url of [`http://inside:${port}/`, `http://127.0.0.2:${port}/`, 'file:///etc/passwd']) {
      await expect(fetchItem(url)).rejects.toMatchObject({ code: 'wire.refused' })
      const redirected = fetchItem(`${origin}/to/${encodeURIComponent(url)}`)
      await expect(redirected).rejects.toMatchObject({ code: 'wire.refused' })
    }
  })

  test('is not taken from an answer that is no success, too large or too slow', async () => {
    const { fetchItem, origin } = await world({ bytesMax: item.length - 1, secondsMax: 0.3 })
    await expect(fetchItem(`${origin}/gone`)).rejects.toMatchObject({ code: 'wire.unreachable' })
    await expect(fetchItem(`${origin}/empty`)).rejects.toMatchObject({ code: 'wire.unreachable' })
    await expect(fetchItem(`${origin}/a`)).rejects.toMatchObject({ code: 'wire.too-large' })
    await expect(fetchItem(`${origin}/endless`)).rejects.toMatchObject({ code: 'wire.too-slow' })
  })

  test('waits for its turn where so many are being fetched', async () => {
    const { fetchItem, origin, most } = await world({ fetchesMax: 2 })
    const items = await Promise.all(Array.from({ length: 7 }, () => fetchItem(`${origin}/a`)))
    expect(items).toHaveLength(7)
    expect(most()).toBeLessThanOrEqual(2)
  })

  test('is told of by scheme and host only', async () => {
    const { fetchItem, origin } = await world()
    const fault = await fetchItem(`${origin}/gone?token=secret`).catch((error: Error) => error.message)
    expect(fault).toBe('http://127.0.0.1 answers 404 and gives no item')
  })
})
