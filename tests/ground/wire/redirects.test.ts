/** Redirects: how far they are followed, where they must not lead, and what goes along. */
import { describe, expect, test } from 'vitest'
import { ask } from '#ground/wire/ask'
import { site, viewOf } from './site.ts'

const limits = { bytesMax: 1 << 20, secondsMax: 5 }
const open = { ...limits, addresses: 'any' } as const
const closed = { ...limits, addresses: 'public' } as const

describe('redirects', () => {
  test('are given as they are unless they are to be followed', async () => {
    const { origin } = await site((_, response) => response.writeHead(302, { location: '/b' }).end())
    const answer = await ask({ ...open, url: origin })
    expect([answer.status, answer.headers['location']]).toEqual([302, '/b'])
    answer.drop()
  })

  test('are followed so far and no farther', async () => {
    const { origin } = await site((request, response) => {
      const step = Number(request.url?.slice(1))
      if (step === 3) response.end('there')
      else response.writeHead(307, { location: `/${step + 1}` }).end('on')
    })
    expect(await (await ask({ ...open, url: `${origin}/0`, redirectsMax: 3 })).text()).toBe('there')
    const tooFar = ask({ ...open, url: `${origin}/0`, redirectsMax: 2 })
    await expect(tooFar).rejects.toMatchObject({ code: 'wire.refused' })
  })

  test.each([
    ['a private address', 'http://127.0.0.2:PORT/'],
    ['a name of one', 'http://inside:PORT/'],
    ['another scheme', 'file:///etc/passwd'],
    ['a user and a password', 'http://a:b@127.0.0.1:PORT/'],
    ['no address', 'http://[/'],
  ])('to %s are refused', async (_, location) => {
    const { origin, port } = await site((request, response) => {
      if (request.url === '/')
        response.writeHead(302, { location: location.replace('PORT', `${port}`) }).end()
      else response.end('inside')
    })
    const { ask } = viewOf({ public: ['127.0.0.1'], names: { inside: [['127.0.0.2']] } })
    const asked = ask({ ...closed, url: origin, ports: 'any', redirectsMax: 5 })
    await expect(asked).rejects.toMatchObject({ code: 'wire.refused' })
  })

  test('to another origin carry neither credentials nor a body', async () => {
    const seen: (typeof Object.prototype)[] = []
    const other = await site((request, response) => {
      seen.push(request.headers)
      response.end('other')
    }, '127.0.0.2')
    const { origin } = await site((_, response) => response.writeHead(307, { location: other.origin }).end())
    const headers = { Authorization: 'Bearer a', Cookie: 'b', 'X-Api-Key': 'c', Accept: 'image/*' }
    const followed = await ask({ ...open, url: origin, headers, redirectsMax: 1 })
    expect(await followed.text()).toBe('other')
    expect(Object.keys(seen[0] ?? {}).sort()).toEqual(
      ['accept', 'accept-encoding', 'connection', 'host', 'user-agent'].sort(),
    )
    const sent = ask({ ...open, url: origin, method: 'POST', body: 'content', redirectsMax: 1 })
    await expect(sent).rejects.toMatchObject({ code: 'wire.refused' })
    expect(seen).toHaveLength(1)
  })

  test('after a POST by 303 fetch, without what described the body', async () => {
    const { origin } = await site((request, response) => {
      if (request.method === 'POST') response.writeHead(303, { location: '/done' }).end()
      else response.end(`${request.method} ${request.headers['content-type']}`)
    })
    const headers = { 'content-type': 'text/plain' }
    const answer = await ask({ ...open, url: origin, method: 'POST', body: 'a', headers, redirectsMax: 1 })
    expect(await answer.text()).toBe('GET undefined')
  })
})
