/** People over HTTP: the first start, the page of an invitation, and the acts on people. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventsOf } from '#store/append'
import { pass } from '#workflow/door'
import type { PeopleDesk } from '#workflow/people/desk'
import { identityOf } from '#workflow/people/identity'
import { admit, inviteAgain, inviteFirst, reset } from '#workflow/people/invite'
import { resume, setRoles } from '#workflow/people/roles'
import { beginSetup, finishSetup } from '#workflow/people/setup'
import { refusal, someone } from '../support/people.ts'
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
      name: 'Ada Example',
      contact: 'ada@example.org',
      roles: ['analyst'],
      departments: ['desk'],
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
    expect((await reveal({ purpose: 'integrity' })).json()).toEqual({
      name: 'Ada Example',
      contact: 'ada@example.org',
    })
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

  test('who were admitted or given a role by one person are let in by another, and by nobody else', async () => {
    const [ann, bob, chief, examiner] = [
      await service.newcomer(['administrator']),
      await service.newcomer(['administrator']),
      await service.newcomer(['approving-senior-officer']),
      await service.newcomer(['examiner']),
    ]
    const given = { name: 'A Newcomer', roles: ['supervisor'], departments: [] }
    const { person, token } = (await service.post('/v1/people', given, ann.headers)).json()
    const session = (of: { headers: { authorization: string } }) =>
      service.app.inject({ url: '/v1/session', headers: of.headers })
    const begun = await service.post('/v1/setup', { token, name: 'newcomer', password: PASSWORD })
    const confirm = { token, code: service.codeOf(begun.json().secret), as: 'bearer' }
    const done = (await service.post('/v1/setup/confirm', confirm)).json()
    expect(done).toMatchObject({ person, waits: true })
    const newcomer = { headers: { authorization: `Bearer ${done.token}` } }
    const act = (words: string, by: typeof newcomer) =>
      service.post(`/v1/people/${person}/${words}`, undefined, by.headers)
    const roles = (words: readonly string[], by: typeof newcomer, departments?: readonly string[]) =>
      service.app.inject({
        ...{ method: 'PUT', url: `/v1/people/${person}/roles`, headers: by.headers },
        payload: { roles: words, ...(departments && { departments }) },
      })
    expect((await session(newcomer)).statusCode).toBe(401)
    const all = (await service.app.inject({ url: '/v1/people', headers: bob.headers })).json().people
    expect(all.filter(({ waits }: { waits?: true }) => waits)).toContainEqual(
      expect.objectContaining({ id: person, state: 'suspended' }),
    )
    expect((await act('resume', ann)).json().detail).toContain('own-act')
    expect((await act('resume', newcomer)).statusCode).toBe(401)
    expect((await act('resume', examiner)).json().detail).toContain('no-role')
    expect((await roles(['supervisor', 'reviewer'], bob)).statusCode).toBe(200) // while they wait
    expect((await act('resume', bob)).json().detail).toContain('own-act') // whoever gave them the second role
    expect((await act('resume', chief)).json()).toMatchObject({ state: 'active' })
    expect((await session(newcomer)).statusCode).toBe(200)
    expect((await roles(['supervisor'], ann)).json()).toMatchObject({ state: 'active' }) // taken, and nothing given
    expect((await roles(['supervisor'], ann, ['desk'])).json()).toMatchObject({ waits: true })
    expect((await session(newcomer)).statusCode).toBe(401)
    expect((await act('suspend', bob)).statusCode).toBe(409) // no way around the wait
    expect((await act('resume', ann)).json().detail).toContain('own-act')
    expect((await act('resume', bob)).json()).toMatchObject({ state: 'active' })
    expect((await act('suspend', ann)).statusCode).toBe(200)
    expect((await roles(['supervisor', 'steward'], ann, ['desk'])).statusCode).toBe(200) // of somebody who is out
    expect((await act('resume', ann)).json().detail).toContain('own-act')
    service.now += 3_600_001
    const late = { headers: { authorization: `Bearer ${(await service.signIn(bob)).json().token}` } }
    expect((await act('resume', late)).statusCode).toBe(200)
  })

  test('need no second person where that is set, and the record says so; a reset still does', async () => {
    const [ann, bob] = [await service.newcomer(['administrator']), await service.newcomer(['administrator'])]
    const small: PeopleDesk = { ...service.desk, admission: 'one' }
    const identity = { name: 'A Newcomer' }
    const terms = { by: ann.id, identity, roles: ['analyst'], departments: [] } as const
    const { person, token } = await admit(small, terms)
    const setUp = async (link: string) => {
      const { secret } = await beginSetup(small, { token: link, name: `one-${person}`, password: PASSWORD })
      return finishSetup(small, { token: link, code: service.codeOf(secret) })
    }
    expect(await setUp(token)).not.toHaveProperty('waits')
    const signedInAt = small.now()
    const roles = ['analyst', 'reviewer'] as const
    const changed = await setRoles(small, { by: ann.id, person, signedInAt }, { roles })
    expect(changed).toMatchObject({ state: 'active', roles })
    const events = await eventsOf(small.database, `person:${person}`)
    const alone = events.filter(({ body }) => body['alone'] === 'configured').map(({ kind }) => kind)
    expect(alone).toEqual(['person.activated', 'person.roles-set'])
    const anew = await reset(small, { by: ann.id, person, signedInAt })
    service.now += 60_000
    expect(await setUp(anew.token)).toMatchObject({ waits: true })
    await expect(resume(small, { by: ann.id, person, signedInAt })).rejects.toMatchObject(refusal('own-act'))
    expect(await resume(small, { by: bob.id, person, signedInAt })).toMatchObject({ state: 'active' })
  })

  test('who are reset sign in by nothing that they had', async () => {
    const [administrator, who] = [
      await service.newcomer(['administrator']),
      await service.newcomer(['analyst']),
    ]
    const anew = await service.post(`/v1/people/${who.id}/reset`, undefined, administrator.headers)
    expect((await service.app.inject({ url: '/v1/session', headers: who.headers })).statusCode).toBe(401)
    expect((await service.signIn(who)).statusCode).toBe(401)
    expect((await service.signIn(who, { code: who.recoveryCodes[0] })).statusCode).toBe(401)
    expect((await service.setUp(anew.json().token)).id).toBe(who.id)
    expect(
      (await service.post(`/v1/people/${administrator.id}/reset`, undefined, administrator.headers))
        .statusCode,
    ).toBe(403)
    service.now += 3_600_001
    const idle = await service.post(`/v1/people/${who.id}/reset`, undefined, administrator.headers)
    expect(idle.statusCode).toBe(401)
  })

  test('who were reset by a colleague are let in by a third person, and who was suspended by no new link', async () => {
    const [who, administrator, supervisor] = [
      await service.newcomer(['analyst']),
      await service.newcomer(['administrator']),
      await service.newcomer(['supervisor']),
    ]
    const act = (words: string, by: { headers: { authorization: string } }) =>
      service.post(`/v1/people/${who.id}/${words}`, undefined, by.headers)
    const session = (headers: { authorization: string }) =>
      service.app.inject({ url: '/v1/session', headers })
    const { token } = (await act('reset', administrator)).json()
    const anew = await service.setUp(token)
    expect((await session(anew.headers)).statusCode).toBe(401) // whoever reset it may have used the link
    expect((await act('resume', administrator)).json().detail).toContain('own-act')
    expect((await act('resume', supervisor)).json()).toMatchObject({ state: 'active' })
    expect((await session(anew.headers)).statusCode).toBe(200)
    expect((await act('suspend', supervisor)).statusCode).toBe(200)
    expect((await act('reset', administrator)).json().type).toBe('urn:tutela:fault:store.conflict')
    expect((await session(anew.headers)).statusCode).toBe(401)
    expect((await act('resume', administrator)).statusCode).toBe(200) // that wait is over: any of them may
    const link = (await act('reset', administrator)).json().token
    expect((await act('suspend', supervisor)).json()).toMatchObject({ state: 'suspended' }) // before it was used
    const setup = { token: link, name: 'a-name-of-nobody', password: 'four plain words here' }
    expect((await service.post('/v1/setup', setup)).statusCode).toBe(401)
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
})
