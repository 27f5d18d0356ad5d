/** Client: what goes to a service, and how its refusals come back. */
import { describe, expect, test } from 'vitest'
import { TutelaClient } from '#client/client'
import type { Ask, WireRequest } from '#ground/wire/ask'
import { Fault } from '#terms/fault'

const AT = { url: 'http://127.0.0.1:8787', key: 'tut_test' }

/** A service that answers every request the same way, and keeps what it was asked. */
function answering(status: number, body: unknown): { readonly ask: Ask; readonly asked: WireRequest[] } {
  const asked: WireRequest[] = []
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const ask: Ask = async (request) => {
    asked.push(request)
    return {
      status,
      headers: {},
      url: new URL(String(request.url)),
      body: (async function* () {})(),
      bytes: async () => Buffer.from(text),
      text: async () => text,
      drop: () => {},
    }
  }
  return { ask, asked }
}

describe('the client', () => {
  test('sends the key as a bearer token, and the idempotency key where one is given', async () => {
    const { ask, asked } = answering(200, { verdict: 'none', decision: 'allow', checked: [] })
    await new TutelaClient(AT, ask).match({ digests: { md5: '0'.repeat(32) } }, 'upload-1')
    expect(asked[0]).toMatchObject({
      method: 'POST',
      headers: { authorization: 'Bearer tut_test', 'idempotency-key': 'upload-1' },
    })
    expect(String(asked[0]?.url)).toBe('http://127.0.0.1:8787/v1/match')
  })

  test('asks about more items than one request takes in several, and keeps their order', async () => {
    const asked: number[] = []
    const { ask } = answering(200, {})
    const counting: Ask = async (request) => {
      const { items } = JSON.parse(String(request.body)) as { items: { reference: string }[] }
      asked.push(items.length)
      const verdicts = items.map(({ reference }) => ({
        reference,
        verdict: 'none',
        decision: 'allow',
        checked: [],
      }))
      return { ...(await ask(request)), text: async () => JSON.stringify({ items: verdicts }) }
    }
    const items = Array.from({ length: 2300 }, (_, at) => ({ reference: `${at}`, digests: {} }))
    const verdicts = await new TutelaClient(AT, counting).matchMany(items)
    expect(asked).toEqual([1000, 1000, 300])
    expect(verdicts.map(({ reference }) => reference)).toEqual(items.map(({ reference }) => reference))
  })

  test('gives the fault that the service named', async () => {
    const { ask } = answering(503, { type: 'urn:tutela:fault:index.not-ready', detail: 'it is being built' })
    const asking = new TutelaClient(AT, ask).match({ digests: {} })
    await expect(asking).rejects.toMatchObject({ code: 'index.not-ready' })
  })

  test.each([
    [404, '<html>'],
    [500, { type: 'urn:tutela:fault:no.such-code' }],
    [200, 'not json'],
  ])('never takes what is no answer of a service (%i) for one', async (status, body) => {
    const { ask } = answering(status, body)
    const asking = new TutelaClient(AT, ask).match({ digests: {} })
    await expect(asking).rejects.toMatchObject({ code: 'server.unreachable' })
  })

  test('says that the service is unreachable when nobody answers', async () => {
    const ask: Ask = async () => {
      throw new Fault('wire.unreachable', 'http://127.0.0.1 refuses the connection')
    }
    const asking = new TutelaClient(AT, ask).hashFile(Buffer.from('x'))
    await expect(asking).rejects.toMatchObject({ code: 'server.unreachable' })
  })
})
