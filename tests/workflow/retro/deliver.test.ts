/** Deliver: messages arrive signed, are sent again until they are taken, and are given up on record. */
import { createHmac } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { eventsOf } from '#store/append'
import { dueDeliveries, forgetDeliveries, nextDelivery, writeDelivery } from '#store/deliveries'
import { deliverDue } from '#workflow/retro/deliver'
import { clientSecret } from '#workflow/retro/sign'
import { site } from '../../ground/wire/site.ts'
import { temporaryDatabase } from '../../support/database.ts'
import { clientOf } from './world.ts'

const secret = new Uint8Array(32).fill(9)

interface Taken {
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A client whose webhook answers with each of these in turn, the last for ever, and a message for it. */
async function receiving(...answers: ((response: ServerResponse) => void)[]) {
  const taken: Taken[] = []
  const { origin } = await site(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    taken.push({ headers: request.headers, body })
    answers[Math.min(taken.length, answers.length) - 1]?.(response)
  })
  const { database } = await temporaryDatabase()
  let at = Date.parse('2026-03-01T12:00:00Z')
  const now = (): Date => new Date(at)
  const retro = { webhook: `${origin}/hook`, keepHours: 1 }
  const client = await clientOf(database, 'site', { retro }, { actor: 'operator:tester', at: now() })
  const desk = { database, secret, addresses: 'any', now } as const
  const advance = (seconds: number): void => {
    at += seconds * 1000
  }
  const write = (body: unknown) =>
    database.transaction((tx) =>
      writeDelivery(tx, { client: client.id, kind: 'match.later', body }, {}, { actor: 'tutela', at: now() }),
    )
  return { database, now, advance, client, desk, taken, write }
}

const status =
  (code: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(code, headers).end('{}')
  }

test('a message arrives once, signed with the secret of its client', async () => {
  const { desk, taken, write, client, database } = await receiving(status(204))
  await write({ type: 'match.later', data: { reference: 'a' } })
  expect(await deliverDue(desk)).toEqual({ taken: 1, putOff: 0, givenUp: 0 })
  expect(await deliverDue(desk)).toEqual({ taken: 0, putOff: 0, givenUp: 0 })
  const [message] = taken
  expect(taken).toHaveLength(1)
  expect(JSON.parse(message?.body ?? '')).toEqual({ type: 'match.later', data: { reference: 'a' } })
  const {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signature,
  } = message?.headers ?? {}
  const text = `${id}.${timestamp}.${message?.body}`
  const expected = createHmac('sha256', clientSecret(secret, client.id)).update(text).digest('base64')
  expect(signature).toBe(`v1,${expected}`)
  expect((await eventsOf(database, 'delivery:1')).map(({ kind }) => kind)).toEqual([
    'delivery.written',
    'delivery.taken',
  ])
})

test('what is not taken is sent again with the same id, later each time, and as late as it is asked', async () => {
  const { desk, taken, write, advance, now, database } = await receiving(
    status(500),
    status(302, { location: 'http://127.0.0.1/elsewhere' }),
    (response) => response.destroy(),
    status(429, { 'retry-after': '1000' }),
    status(200),
  )
  await write({ type: 'match.later' })
  const waits: number[] = []
  for (let tries = 0; tries < 4; tries++) {
    expect(await deliverDue(desk)).toEqual({ taken: 0, putOff: 1, givenUp: 0 })
    const next = await nextDelivery(database)
    waits.push(((next?.getTime() ?? 0) - now().getTime()) / 1000)
    advance((waits.at(-1) ?? 0) - 1)
    expect(await deliverDue(desk)).toMatchObject({ putOff: 0 })
    advance(1)
  }
  expect(waits).toEqual([5, 30, 120, 1000])
  expect(await deliverDue(desk)).toMatchObject({ taken: 1 })
  expect(new Set(taken.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  expect(taken).toHaveLength(5)
  expect(await nextDelivery(database)).toBeUndefined()
})

test('what is never taken is given up on record after three days', async () => {
  const { desk, taken, write, advance, now, database } = await receiving(status(503))
  await write({ type: 'match.later' })
  const begun = now().getTime()
  for (;;) {
    await deliverDue(desk)
    const next = await nextDelivery(database)
    if (!next) break
    advance((next.getTime() - now().getTime()) / 1000)
  }
  expect(taken).toHaveLength(11)
  expect((now().getTime() - begun) / 86_400_000).toBeCloseTo(2.95, 1)
  expect(await eventsOf(database, 'delivery:1')).toMatchObject([
    { kind: 'delivery.written' },
    { kind: 'delivery.given-up', body: { attempts: 11, because: 'it answered with status 503' } },
  ])
})

test('a webhook that is gone, or a client that takes no more, is given up at once', async () => {
  const { desk, taken, write, database } = await receiving(status(410))
  await write({})
  expect(await deliverDue(desk)).toMatchObject({ givenUp: 1 })
  await write({})
  await database.query('UPDATE client SET retro_webhook = NULL')
  expect(await deliverDue(desk)).toMatchObject({ givenUp: 1 })
  expect(taken).toHaveLength(1)
})

test('an address inside is not asked unless the operator allows it', async () => {
  const { desk, taken, write, database, advance } = await receiving(status(200))
  await write({})
  expect(await deliverDue({ ...desk, addresses: 'public' })).toMatchObject({ putOff: 1 })
  expect(taken).toHaveLength(0)
  const { rows } = await database.query<{ failed_because: string }>('SELECT failed_because FROM delivery')
  expect(rows).toEqual([{ failed_because: 'wire.refused' }])
  advance(5)
  expect(await deliverDue(desk)).toMatchObject({ taken: 1 })
})

test('messages that have ended are forgotten after a while; those that wait are not', async () => {
  const { desk, write, database, now, advance } = await receiving(status(200), status(500))
  await write({})
  await deliverDue(desk)
  await write({})
  await deliverDue(desk)
  advance(1)
  expect(await forgetDeliveries(database, now())).toBe(1)
  advance(3600)
  expect(await dueDeliveries(database, now(), 10)).toMatchObject([{ attempts: 1 }])
})
