/** Retrying: what is asked again, how often, and after how long. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { ask } from '#ground/wire/ask'
import { type Retries, retryAfterSeconds, retrying } from '#ground/wire/retrying'
import { site } from './site.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** A server that answers with each of these in turn, the last for ever, and a client that notes how long it waited. */
async function turns(answers: readonly Answer[], retries: Partial<Retries> = {}) {
  const seen: string[] = []
  const waits: number[] = []
  const { origin } = await site((request, response) => {
    seen.push(request.method ?? '')
    answers[Math.min(seen.length, answers.length) - 1]?.(request, response)
  })
  const patient = retrying(ask, {
    triesMax: 4,
    random: () => 1,
    now: () => new Date('2026-01-01T00:00:00Z'),
    wait: async (seconds) => waits.push(seconds),
    ...retries,
  })
  const given = { url: origin, addresses: 'any', bytesMax: 1000, secondsMax: 5 } as const
  return { ask: patient, given, seen, waits }
}

const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    response.writeHead(code, headers).end(`${code}`)
const broken: Answer = (request) => request.socket.destroy()

describe('retrying', () => {
  test('asks again after what may pass, each time waiting twice as long', async () => {
    const { ask, given, waits } = await turns([status(503), broken, status(500), status(200)])
    expect(await (await ask(given)).text()).toBe('200')
    expect(waits).toEqual([0.5, 1, 2])
  })

  test('waits as long as it is told, in seconds or until a date', async () => {
    const date = { 'retry-after': 'Thu, 01 Jan 2026 00:00:07 GMT' }
    const { ask, given, waits } = await turns([
      status(429, { 'retry-after': '3' }),
      status(503, date),
      status(204),
    ])
    expect(await ask(given)).toMatchObject({ status: 204 })
    expect(waits).toEqual([3, 7])
  })

  test('gives the answer where it is to wait longer than it may', async () => {
    const { ask, given, seen, waits } = await turns([status(429, { 'retry-after': '3600' })])
    expect(await ask(given)).toMatchObject({ status: 429 })
    expect([seen.length, waits]).toEqual([1, []])
  })

  test('gives what the last try gave', async () => {
    const { ask, given, seen } = await turns([status(500)])
    expect(await ask(given)).toMatchObject({ status: 500 })
    expect(seen).toHaveLength(4)
    const { ask: again, given: gone } = await turns([broken])
    await expect(again(gone)).rejects.toMatchObject({ code: 'wire.unreachable' })
  })

  test('does not repeat what stands: a refusal, or a POST that may have been done', async () => {
    const refused = await turns([status(403)])
    expect(await refused.ask(refused.given)).toMatchObject({ status: 403 })
    expect(refused.seen).toHaveLength(1)
    const post = await turns([status(500)])
    expect(await post.ask({ ...post.given, method: 'POST' })).toMatchObject({ status: 500 })
    expect(post.seen).toEqual(['POST'])
    const question = await turns([status(500), status(200)], { posts: true })
    expect(await question.ask({ ...question.given, method: 'POST' })).toMatchObject({ status: 200 })
  })

  test('a wait is ended by whoever stops the request, with their reason', async () => {
    const stop = new AbortController()
    const reason = new Error('enough')
    const stopping: Answer = (_, response) => {
      response.writeHead(503, { 'retry-after': '20' }).end(() => setImmediate(() => stop.abort(reason)))
    }
    const { given } = await turns([stopping])
    await expect(retrying(ask, { triesMax: 2 })({ ...given, stop: stop.signal })).rejects.toBe(reason)
  })
})

test('a Retry-After that is neither seconds nor a date says nothing', () => {
  const now = new Date()
  expect(['', 'soon', '-1x', '1e99'].map((text) => retryAfterSeconds(text, now))).toEqual(
    Array(4).fill(undefined),
  )
})
