/** Desk over HTTP: the queue, claims, a case's first screen, and the stream of what happens. */
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { beginSession, SESSION_LIMITS } from '#store/sessions'
import type { PersonId, Role } from '#terms/people'
import type { QueueDesk } from '#workflow/queue/desk'
import { Live } from '#workflow/queue/live'
import { NOON, waitingCase } from '../support/casework.ts'
import { temporaryDatabase } from '../support/database.ts'
import { LinearIndex } from '../support/linear-index.ts'
import { someone } from '../support/people.ts'
import { clientsOf, serverFor } from '../support/server.ts'

async function opened() {
  const { database, config: connection } = await temporaryDatabase()
  const now = () => NOON
  const stop = new AbortController()
  const live = await Live.open({ database, connection, now }, stop.signal)
  onTestFinished(() => stop.abort())
  const queue: QueueDesk = {
    ...{ database, claimMinutes: 30, policy: 'two', severityOf: () => undefined, now },
  }
  const app = serverFor({
    ...{ index: new LinearIndex([], []), clients: clientsOf(), database, queue, live, now },
  })
  const newcomer = async (...roles: Role[]) => {
    const person = (await someone(database, roles)).id
    return { person, headers: await session(person) }
  }
  const session = async (person: PersonId) => {
    const given = { person, how: 'password', limits: SESSION_LIMITS } as const
    const { token } = await database.transaction((tx) => beginSession(tx, given, NOON))
    return { authorization: `Bearer ${token}` }
  }
  return { app, database, newcomer }
}

test('an analyst takes the next case, reads it, and closes it; what another asks for is refused', async () => {
  const { app, database, newcomer } = await opened()
  const { number, items } = await waitingCase(database, { items: [{ hashes: {}, outcome: 'near' }] })
  const [ann, ben] = [await newcomer('analyst'), await newcomer('analyst')]
  const of = (who: typeof ann, method: 'GET' | 'POST', url: string, payload?: object) =>
    app.inject({ method, url, headers: who.headers, ...(payload && { payload }) })
  expect((await app.inject('/v1/queue')).statusCode).toBe(401)
  const queue = (await of(ann, 'GET', '/v1/queue?limit=10')).json()
  expect(queue).toMatchObject({ total: 1, more: false, cases: [{ number, items: 1, reports: 0 }] })
  expect((await of(ann, 'GET', '/v1/queue?limit=many')).statusCode).toBe(400)
  const next = await of(ann, 'POST', '/v1/cases/next')
  expect(next.json()).toMatchObject({ number, claim: { by: ann.person, mine: true } })
  expect((await of(ben, 'POST', '/v1/cases/next')).statusCode).toBe(204)
  expect((await of(ben, 'POST', `/v1/cases/${number}/claim`, {})).statusCode).toBe(409)
  expect((await of(ben, 'GET', `/v1/cases/${number}`)).statusCode).toBe(403)
  expect((await of(ann, 'GET', '/v1/cases/none-such')).statusCode).toBe(404)
  const whole = (await of(ann, 'GET', `/v1/cases/${number}`)).json()
  expect(whole).toMatchObject({
    ...{ case: { number, version: 3 }, policy: 'two', moreItems: 0, votes: [], reports: [] },
    items: [{ id: items[0]?.id, state: 'near', screening: { outcome: 'near' } }],
    next: 'confirm 1 near match by the cheapest view',
  })
  expect((await of(ann, 'POST', `/v1/cases/${number}/extend`)).statusCode).toBe(200)
  expect((await of(ann, 'POST', `/v1/cases/${number}/close`, {})).statusCode).toBe(400)
  const closed = await of(ann, 'POST', `/v1/cases/${number}/close`, { because: 'nothing at that address' })
  expect(closed.json()).toMatchObject({ state: 'closed', closedBecause: 'nothing at that address' })
  expect((await of(ann, 'POST', `/v1/cases/${number}/release`)).statusCode).toBe(409)
  expect((await of(ann, 'GET', '/v1/queue?state=closed')).json()).toMatchObject({ cases: [{ number }] })
})

test('what happens is told as it happens, by number and pseudonym, until the session ends or the page goes', async () => {
  const { app, database, newcomer } = await opened()
  const { number } = await waitingCase(database, { items: [] })
  const ann = await newcomer('analyst')
  const ben = await newcomer('analyst')
  const steward = await newcomer('steward')
  await app.listen({ host: '127.0.0.1', port: 0 })
  const base = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const listen = (who: typeof ann, query = '', stop = new AbortController()) =>
    fetch(`${base}/v1/live${query}`, { headers: who.headers, signal: stop.signal })
  expect((await listen(steward)).status).toBe(403)
  expect((await listen(ben, `?case=${number}`)).status).toBe(403) // it is not theirs
  const page = new AbortController()
  onTestFinished(() => page.abort())
  const answer = await listen(ben, '', page)
  expect(answer.headers.get('content-type')).toContain('text/event-stream')
  const heard = reading(answer)
  const claimed = app.inject({ method: 'POST', url: '/v1/cases/next', headers: ann.headers })
  expect((await claimed).json()).toMatchObject({ number })
  expect(await heard('claimed')).toContain(`data: {"event":"case","case":"${number}","what":"claimed"}`)
  const own = new AbortController()
  const mine = reading(await listen(ann, `?case=${number}`, own))
  expect(await mine('presence')).toContain(`"people":["${ann.person}"]`)
  own.abort()
  const each = await Promise.all(Array.from({ length: 6 }, () => listen(ben, '', page)))
  expect(each.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 200, 200, 429])
  // A service that stops ends what would go on for ever.
  expect(await app.stopGently()).toBe(0)
})

/** Reads a stream until a word is in what came of it. */
function reading(answer: Response): (word: string) => Promise<string> {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return async (word) => {
    while (!text.includes(word)) {
      const piece = await reader?.read()
      if (piece?.done !== false) throw new Error(`the stream ended after: ${text}`)
      text += piece.value
    }
    return text
  }
}
