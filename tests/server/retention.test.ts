/** Retention over HTTP: sealed, held, due, destroyed by two people, and the record of it; nobody does it alone. */
import type { FastifyInstance, InjectOptions } from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { addCopy } from '#store/copies'
import { beginSession, SESSION_LIMITS } from '#store/sessions'
import type { Person, Role } from '#terms/people'
import { RETENTION_FOLDS } from '#workflow/evidence/folds'
import { lapseDue } from '#workflow/evidence/retain'
import { refold } from '#workflow/ledger/verify/refold'
import { LinearIndex } from '../support/linear-index.ts'
import { someone } from '../support/people.ts'
import { clientsOf, openServer } from '../support/server.ts'
import { blobFile, filesBelow, keyFile, NOON, sealBytes, vaultRoom } from '../support/vault.ts'

const LATER = new Date('2028-03-02T12:00:00Z')

test('an item is held, falls due, and goes by two people; a find has its clock; the record tells all of it', async () => {
  const { data, app, database, evidence, who } = await scene()
  const analyst = await who(['analyst'], ['2026-7'])
  const supervisor = await who(['supervisor'])
  const officer = await who(['approving-senior-officer'])
  const { id: item } = await sealBytes(evidence, Buffer.from('generated'), { caseNumber: '2026-7' })
  await database.transaction((tx) =>
    addCopy(tx, { place: 'key-backup', label: 'a tape' }, { actor: 'tutela', at: NOON }),
  )

  await reportedFind(analyst, supervisor, item)

  const asked = { because: 'instructed', issuer: 'police', purpose: 'preserve' }
  const hold = await analyst.post(`/v1/items/${item}/holds`, asked)
  expect(hold.statusCode).toBe(201)
  await lapseDue(database, LATER)
  const due = (await supervisor.get('/v1/retention/due')).json()
  expect(due.items).toMatchObject([{ item, holds: 1 }])
  expect(due.profiles).toMatchObject([{ name: 'hotline-memorandum', since: '2023-01-07T00:00:00.000Z' }])
  expect((await analyst.get('/v1/retention/due')).statusCode).toBe(403)

  const proposal = { item, because: 'two years are over' }
  expect((await analyst.post('/v1/destructions', proposal)).json().detail).toContain('under-hold')
  const released = await supervisor.post(`/v1/holds/${hold.json().id}/release`, { because: 'ended' })
  expect(released.statusCode).toBe(204)
  const proposed = (await supervisor.post('/v1/destructions', proposal)).json()
  const at = `/v1/destructions/${proposed.id}`
  expect((await supervisor.post(`${at}/approve`)).json().detail).toContain('own-act')
  expect((await analyst.post(`${at}/approve`)).json().detail).toContain('no-role')
  expect((await officer.post(`${at}/carry-out`)).json().detail).toContain('not approved')
  expect((await officer.post(`${at}/approve`)).statusCode).toBe(200)
  expect((await filesBelow(data)).has(keyFile(data, item))).toBe(true)
  const carried = (await officer.post(`${at}/carry-out`)).json()
  expect(carried.remaining).toMatchObject([{ place: 'key-backup', label: 'a tape' }])
  expect(carried.destruction.completeAt).toBeUndefined()
  const left = await filesBelow(data)
  expect([left.has(keyFile(data, item)), left.has(blobFile(data, item))]).toEqual([false, false])
  const proof = { outcome: 'destroyed', proof: 'shredded, two watched' }
  const accounted = await supervisor.post(`/v1/copies/${carried.remaining[0].id}/account`, proof)
  expect(accounted.json()).toEqual({ completed: [proposed.id] })
  expect((await supervisor.get(at)).json().destruction.completeAt).toBeDefined()
  const care = (await supervisor.get(`/v1/items/${item}/retention`)).json()
  expect(care.standing).toMatchObject({ kind: 'due' })
  expect(care.copies.every(({ outcome }: { outcome?: string }) => outcome === 'destroyed')).toBe(true)

  const of = { person: analyst.person.id, subject: { kind: 'item', id: item } }
  const record = await analyst.post('/v1/defence-records', of)
  expect(record.headers['cache-control']).toBe('no-store')
  expect(record.json()).toMatchObject({ format: 'tutela-defence-record/1', person: { pseudonym: of.person } })
  const pdf = await analyst.post('/v1/defence-records', of, { accept: 'application/pdf' })
  expect([pdf.headers['content-type'], pdf.rawPayload.subarray(0, 5).toString()]).toEqual([
    'application/pdf',
    '%PDF-',
  ])
  expect((await refold(database, RETENTION_FOLDS)).faults).toEqual([])
  expect((await app.inject({ url: '/v1/retention/due' })).statusCode).toBe(401)
})

test('whatever the database was changed to behind the events is found by folding them', async () => {
  const { database, evidence, who } = await scene()
  const supervisor = await who(['supervisor'])
  const { id: item } = await sealBytes(evidence, Buffer.from('generated'), { profile: 'police' })
  const until = { purpose: 'assess', profile: 'police', until: '2026-06-01', because: 'court order' }
  expect((await supervisor.post(`/v1/items/${item}/retention`, until)).statusCode).toBe(200)
  await supervisor.post(`/v1/items/${item}/holds`, { because: 'b', issuer: 'i', purpose: 'preserve' })
  const telling = { subject: { kind: 'item', id: item }, told: 'a', what: 'b', at: '2026-03-01T12:00:00Z' }
  expect((await supervisor.post('/v1/tellings', telling)).statusCode).toBe(201)
  expect((await refold(database, RETENTION_FOLDS)).faults).toEqual([])
  for (const change of [
    "UPDATE hold SET released_at = now(), released_by = 'person:p-x'",
    "UPDATE kept_for SET until = '2030-01-01'",
    "UPDATE copy SET outcome = 'destroyed', accounted_at = now() WHERE place = 'key'",
    "UPDATE telling SET told = 'the police'",
  ]) {
    const before = (await refold(database, RETENTION_FOLDS)).faults.length
    await database.query(change)
    expect((await refold(database, RETENTION_FOLDS)).faults.length).toBe(before + 1)
  }
})

/** A find with a reason for delay and its report; one that has not come yet is refused. */
async function reportedFind(analyst: SignedIn, supervisor: SignedIn, item: string): Promise<void> {
  const find = await analyst.post('/v1/finds', {
    ...{ subject: { kind: 'item', id: item }, way: 'complaint', how: 'a customer wrote' },
    discoveredAt: '2026-03-01T11:00:00Z',
  })
  expect(find.statusCode).toBe(201)
  const { id: findId } = find.json()
  const nobody = await analyst.post('/v1/finds', {
    ...{ subject: { kind: 'item', id: item }, way: 'complaint', how: 'somebody else found it' },
    ...{ discoveredAt: '2026-03-01T11:00:00Z', discoveredBy: 'p-0000000000000000' },
  })
  expect(nobody.json()).toMatchObject({ type: 'urn:tutela:fault:people.unknown' })
  const early = await analyst.post(`/v1/finds/${findId}/report`, { to: 'iwf', reportedAt: '2030-01-01' })
  expect([early.statusCode, early.json().type]).toEqual([409, 'urn:tutela:fault:evidence.refused'])
  expect((await analyst.post(`/v1/finds/${findId}/delays`, { reason: 'a bank holiday' })).statusCode).toBe(
    204,
  )
  const report = { to: 'iwf', reportedAt: '2026-03-01T13:00:00Z', reference: 'IWF-1' }
  expect((await analyst.post(`/v1/finds/${findId}/report`, report)).json()).toMatchObject({
    reportedTo: 'iwf',
  })
  expect((await supervisor.get('/v1/finds')).json()).toEqual({ finds: [] })
}

type SignedIn = Awaited<ReturnType<typeof signedIn>>

async function scene() {
  const room = await vaultRoom()
  const clock = { at: NOON }
  const now = (): Date => clock.at
  const evidence = await room.open({ now })
  const { database, data } = room
  const app = openServer({ index: new LinearIndex([], []), clients: clientsOf(), database, evidence, now })
  onTestFinished(() => app.close())
  await app.ready()
  // Later than everything but the sealing: what falls due is looked at then.
  const who = async (roles: readonly Role[], cases: readonly string[] = []) => {
    const person = await someone(database, roles, { cases })
    clock.at = new Date(Math.max(clock.at.getTime(), new Date('2026-03-01T14:00:00Z').getTime()))
    return signedIn(app, database, person, now)
  }
  return { data, app, database, evidence, who }
}

async function signedIn(
  app: FastifyInstance,
  database: Awaited<ReturnType<typeof vaultRoom>>['database'],
  person: Person,
  now: () => Date,
) {
  const given = { person: person.id, how: 'password', limits: SESSION_LIMITS } as const
  const { token } = await database.transaction((tx) => beginSession(tx, given, now()))
  const authorization = `Bearer ${token}`
  return {
    person,
    get: (url: string) => app.inject({ url, headers: { authorization } }),
    post: (url: string, body?: object, headers: Record<string, string> = {}) =>
      app.inject({
        ...{ method: 'POST', url, headers: { authorization, ...headers } },
        ...(body && { payload: body }),
      } as InjectOptions),
  }
}
