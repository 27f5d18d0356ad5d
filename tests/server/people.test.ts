/** People over HTTP: the first start, the page of an invitation, and the acts on people. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventsOf } from '#store/append'
import { pass } from '#workflow/door'
import { identityOf } from '#workflow/people/identity'
import { inviteAgain, inviteFirst } from '#workflow/people/invite'
import { someone } from '../support/people.ts'
import { PASSWORD, PeopleServer } from '../support/people-server.ts'

let service: PeopleServer
beforeAll(async () => {
  service = await PeopleServer.open()
})
afterAll(() => service.close())

describe('the first start', () => {
  let root: Awaited<ReturnType<PeopleServer['setUp']>>

  test('gives a one-time link, again while nobody used it, and none afterwards', async () => {
    const signed = { actor: 'operator:test', at: service.desk.now() } as const
    const first = await inviteFirst(service.desk, signed)
    const second = await inviteFirst(service.desk, signed)
    expect(second?.person).toBe(first?.person)
    const old = await service.post('/v1/setup', { token: first?.token, name: 'root', password: PASSWORD })
    expect(old.json()).toMatchObject({ type: 'urn:tutela:fault:people.sign-in' })
    const administrator = await service.setUp(second?.token ?? '')
    root = administrator
    expect(await inviteFirst(service.desk, signed)).toBeUndefined()
    const again = await service.post('/v1/setup', { token: second?.token, name: 'other', password: PASSWORD })
    expect(again.statusCode).toBe(401)
    const me = await service.app.inject({ url: '/v1/session', headers: administrator.headers })
    expect(me.json()).toMatchObject({ person: administrator.id, roles: ['administrator'], how: 'setup' })
  })

  test('lets the first colleague in by one person, on record, and nobody after them', async () => {
    const given = (roles: readonly string[]) => ({ name: 'A Colleague', roles, departments: [] })
    const first = (await service.post('/v1/people', given(['supervisor']), root.headers)).json()
    const second = (await service.post('/v1/people', given(['analyst']), root.headers)).json()
    const [one, other] = [await service.setUp(first.token), await service.setUp(second.token)]
    const session = (headers: { authorization: string }) =>
      service.app.inject({ url: '/v1/session', headers }).then(({ statusCode }) => statusCode)
    expect([await session(one.headers), await session(other.headers)]).toEqual([200, 401])
    const events = await eventsOf(service.desk.database, `person:${one.id}`)
    expect(events.at(-1)).toMatchObject({ kind: 'person.activated', body: { alone: 'nobody-else' } })
    const say = (path: string) => service.post(`/v1/people/${path}`, undefined, root.headers)
    expect((await say(`${one.id}/suspend`)).statusCode).toBe(200)
    const third = (await service.post('/v1/people', given(['analyst']), root.headers)).json()
    const late = await service.setUp(third.token) // nobody is alone by suspending the other
    expect(await session(late.headers)).toBe(401)
    expect((await say(`${late.id}/resume`)).json().detail).toContain('own-act')
    expect((await say(`${one.id}/resume`)).statusCode).toBe(200)
  })

  test('takes no short password, and no second person of the same name', async () => {
    const one = await service.newcomer(['analyst'])
    const person = await someone(service.desk.database, ['analyst'])
    const { token } = await inviteAgain(service.desk, person.id, { actor: 'tutela', at: service.desk.now() })
    const asked = (name: string, password: string) => service.post('/v1/setup', { token, name, password })
    expect((await asked('new', 'short')).statusCode).toBe(400)
    expect((await asked('somebody', 'somebody is in it')).statusCode).toBe(400)
    expect((await asked(one.name.toUpperCase(), PASSWORD)).statusCode).toBe(409)
    const late = await asked('later', PASSWORD)
    expect(late.statusCode).toBe(200)
    service.now += 25 * 3_600_000
    expect(
      (
        await service.post('/v1/setup/confirm', {
          token,
          code: service.codeOf(late.json().secret),
          as: 'bearer',
        })
      ).statusCode,
    ).toBe(401)
  })
})

test('the page of the link runs its own script alone, and asks nobody else', async () => {
  const { body, headers } = await service.app.inject({ url: '/setup' })
  const policy = String(headers['content-security-policy'])
  for (const [, name, text = ''] of body.matchAll(/<(script|style)>((?:.|\n)*?)<\/\1>/g))
    expect([name, policy]).toEqual([
      name,
      expect.stringContaining(createHash('sha256').update(text).digest('base64')),
    ])
  expect(policy).toMatch(/^default-src 'none'; connect-src 'self';/)
  expect(body).not.toMatch(/https?:/)
})

describe('people', () => {
  test('are admitted by an administrator, who gives no role to themself and sees no name without a reason', async () => {
    const administrator = await service.newcomer(['administrator'])
    const supervisor = await service.newcomer(['supervisor'])
    const given = {
      ...{ name: 'Ada Example', contact: 'ada@example.org' },
      ...{ roles: ['analyst'], departments: ['desk'] },
    }
    const admitted = await service.post('/v1/people', given, administrator.headers)
    const { person, token } = admitted.json()
    const analyst = await service.setUp(token)
    expect(analyst.id).toBe(person)
    const letIn = (by: typeof analyst) => service.post(`/v1/people/${person}/resume`, undefined, by.headers)
    expect((await letIn(supervisor)).json()).toMatchObject({ state: 'active' })
    const all = await service.app.inject({ url: '/v1/people', headers: administrator.headers })
    expect(all.body).not.toContain('Ada')
    expect(all.json().people).toContainEqual(
      expect.objectContaining({ id: person, roles: ['analyst'], state: 'active' }),
    )
    expect((await service.post('/v1/people', given, analyst.headers)).json()).toMatchObject({
      type: 'urn:tutela:fault:people.refused',
    })
    const put = (id: string) =>
      service.app.inject({
        method: 'PUT',
        url: `/v1/people/${id}/roles`,
        headers: administrator.headers,
        payload: { roles: ['reviewer'] },
      })
    expect((await put(administrator.id)).statusCode).toBe(403)
    expect((await put(person)).json()).toMatchObject({ roles: ['reviewer'], state: 'suspended', waits: true })
    const reveal = (body: object) => service.post(`/v1/people/${person}/reveal`, body, administrator.headers)
    expect((await reveal({ purpose: 'assess' })).statusCode).toBe(403)
    const { name, contact } = given
    expect((await reveal({ purpose: 'integrity' })).json()).toEqual({ name, contact })
    const refusals = (
      await service.app.inject({ url: '/v1/refusals', headers: administrator.headers })
    ).json().refusals
    expect(refusals[0]).toMatchObject({
      act: 'reveal-identity',
      because: 'purpose-not-for-role',
      words: 'your role may not do this for that purpose',
      ...{ purpose: 'assess', on: `person:${person}` },
      by: administrator.id,
    })
    service.now += 3_600_001
    const fresh = await service.signIn(administrator)
    const old = { ...administrator, headers: { authorization: `Bearer ${fresh.json().token}` } }
    const weed = () => service.post(`/v1/people/${person}/weed`, undefined, old.headers)
    expect((await weed()).json()).toMatchObject({ detail: expect.stringContaining('not-due') }) // they have not left
    const left = await service.post(`/v1/people/${person}/leave`, undefined, old.headers)
    expect(left.json()).toMatchObject({ state: 'left', roles: [] })
    expect((await weed()).json()).toEqual({ isComplete: true, remaining: [] })
    expect(await identityOf(service.desk, person)).toBeUndefined()
    expect(readdirSync(service.folder)).not.toContain(`${person}.key`)
    expect((await service.app.inject({ url: '/v1/session', headers: analyst.headers })).statusCode).toBe(401)
    const dump = await service.desk.database.query<{ text: string }>(
      `SELECT string_agg(event::text, ' ') || (SELECT string_agg(person::text, ' ') FROM person) AS text FROM event`,
    )
    expect(dump.rows[0]?.text).not.toMatch(/Ada|ada@example/)
  })

  test('have their names in no table and no event, and a sealed name opens for nobody else', async () => {
    const [one, other] = [await service.newcomer(['analyst']), await service.newcomer(['analyst'])]
    const sealed = await service.desk.keys.seal(one.id, 'identity', 'a name')
    await expect(service.desk.keys.open(other.id, 'identity', sealed)).rejects.toMatchObject({
      code: 'store.damaged',
    })
    await expect(service.desk.keys.open(one.id, 'totp', sealed)).rejects.toMatchObject({
      code: 'store.damaged',
    })
    expect(await service.desk.keys.open(one.id, 'identity', sealed)).toBe('a name')
    expect(readFileSync(join(service.folder, `${one.id}.key`))).toHaveLength(32)
  })

  test('find the advice that they were given beside their next like act, and say that they read it', async () => {
    const [supervisor, analyst] = [
      await service.newcomer(['supervisor']),
      await service.newcomer(['analyst']),
    ]
    const words = 'Do not follow links from the reported page.'
    const advice = { officer: 'DC 1234', acts: ['seal', 'view'], words }
    const { id } = (await service.post(`/v1/people/${analyst.id}/advice`, advice, supervisor.headers)).json()
    const seal = { by: analyst.id, act: 'seal', purpose: 'report', at: service.desk.now() } as const
    const grant = await pass(service.desk.database, seal, async (_tx, granted) => granted)
    expect(grant.advice).toMatchObject([{ id, words }])
    expect(
      (await service.post(`/v1/advice/${id}/acknowledge`, undefined, supervisor.headers)).statusCode,
    ).toBe(404)
    expect((await service.post(`/v1/advice/${id}/acknowledge`, undefined, analyst.headers)).statusCode).toBe(
      204,
    )
    const shown = await service.app.inject({
      url: `/v1/people/${analyst.id}/records`,
      headers: supervisor.headers,
    })
    expect(shown.json().advice).toMatchObject([{ id, acknowledgedAt: service.desk.now().toISOString() }])
    const other = await service.newcomer(['analyst'])
    expect(
      (await service.app.inject({ url: `/v1/people/${analyst.id}/records`, headers: other.headers }))
        .statusCode,
    ).toBe(403)
    const events = await service.desk.database.query<{ body: string }>(
      `SELECT body::text FROM event WHERE kind LIKE 'advice.%'`,
    )
    expect(JSON.stringify(events.rows)).not.toContain('links')
  })

  test('are told their cases and conflicts, as whoever reads the records is, and nobody else', async () => {
    const supervisor = await service.newcomer(['supervisor'])
    const [analyst, other] = [await service.newcomer(['analyst']), await service.newcomer(['analyst'])]
    const path = `/v1/people/${analyst.id}`
    const conflict = { on: { kind: 'case', id: 'C-2' } }
    await service.post(`${path}/cases`, { case: 'C-1' }, supervisor.headers)
    await service.post(`${path}/cases`, { case: 'C-3' }, supervisor.headers)
    await service.post(`${path}/cases`, { case: 'C-3', ends: true }, supervisor.headers)
    await service.post(`${path}/conflicts`, conflict, supervisor.headers)
    const read = (what: string, { headers }: typeof analyst) =>
      service.app.inject({ url: `${path}/${what}`, headers })
    for (const one of [analyst, supervisor]) {
      expect((await read('allocations', one)).json().allocations).toMatchObject([{ case: 'C-1' }])
      const { conflicts } = (await read('conflicts', one)).json()
      expect(conflicts).toMatchObject([{ ...conflict, by: `person:${supervisor.id}` }])
    }
    for (const what of ['allocations', 'conflicts']) expect((await read(what, other)).statusCode).toBe(403)
    const me = await service.app.inject({ url: '/v1/session', headers: analyst.headers })
    expect(me.json().may).toContainEqual({ act: 'assess', on: 'own-case' })
    expect(me.json().may).not.toContainEqual(expect.objectContaining({ act: 'confirm' }))
  })
})
