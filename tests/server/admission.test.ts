import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventsOf } from '#store/append'
import type { PeopleDesk } from '#workflow/people/desk'
import { admit, reset } from '#workflow/people/invite'
import { resume, setRoles } from '#workflow/people/roles'
import { beginSetup, finishSetup } from '#workflow/people/setup'
import { refusal } from '../support/people.ts'
import { PASSWORD, PeopleServer } from '../support/people-server.ts'

let service: PeopleServer
beforeAll(async () => {
  service = await PeopleServer.open()
})
afterAll(() => service.close())

describe('people', () => {
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
})
