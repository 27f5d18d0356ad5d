/** The vault over HTTP: a file is sealed as it arrives, shown to whom it may be, processed, verified, unlocked. */
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Encrypter, generateX25519Identity } from 'age-encryption'
import type { FastifyInstance } from 'fastify'
import { expect, test } from 'vitest'
import type { VaultConfig } from '#ground/vault-config'
import { beginSession, SESSION_LIMITS } from '#store/sessions'
import type { Role } from '#terms/people'
import { LinearIndex } from '../support/linear-index.ts'
import { someone } from '../support/people.ts'
import { clientsOf, serverFor } from '../support/server.ts'
import { filesBelow, NOON, vaultRoom } from '../support/vault.ts'

interface Desk {
  readonly app: FastifyInstance
  readonly data: string
  as(...roles: readonly Role[]): Promise<{ readonly authorization: string }>
}

async function opened(config: (data: string) => VaultConfig = () => ({})): Promise<Desk> {
  const { data, database, open } = await vaultRoom()
  const evidence = await open({
    config: config(data),
    decoders: {
      readBytes: async () => ({
        kind: 'read',
        digests: {} as never,
        content: { kind: 'other', format: 'text' },
      }),
    },
  })
  const app = serverFor({
    ...{ index: new LinearIndex([], []), clients: clientsOf(), database, evidence },
    now: () => NOON,
    settings: { uploadBytesMax: 100_000 },
  })
  const as = async (...roles: readonly Role[]): Promise<{ authorization: string }> => {
    const { id } = await someone(database, roles, { cases: ['K-1'] })
    const given = { person: id, how: 'password', limits: SESSION_LIMITS } as const
    const { token } = await database.transaction((tx) => beginSession(tx, given, NOON))
    return { authorization: `Bearer ${token}` }
  }
  return { app, data, as }
}

const SEAL = '/v1/vault/items?purpose=assess&profile=hotline-memorandum&case=K-1'
const RAW = { 'content-type': 'application/octet-stream' }

test('a file is sealed as it stands or as a form, shown to whose case it is, and processed', async () => {
  const { app, as } = await opened()
  const analyst = await as('analyst')
  const payload = randomBytes(5000)
  const sealed = await app.inject({ method: 'POST', url: SEAL, headers: { ...analyst, ...RAW }, payload })
  expect([sealed.statusCode, sealed.json()]).toMatchObject([201, { state: 'quarantined', sizeBytes: 5000 }])
  const form = Buffer.concat([
    Buffer.from('--b\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\n'),
    payload,
    Buffer.from('\r\n--b--\r\n'),
  ])
  const headers = { ...analyst, 'content-type': 'multipart/form-data; boundary=b' }
  const again = await app.inject({ method: 'POST', url: SEAL, headers, payload: form })
  expect(again.json().id).toBe(sealed.json().id)
  const item = `/v1/vault/items/${sealed.json().id}`
  const processed = await app.inject({
    ...{ method: 'POST', url: `${item}/processings`, headers: analyst },
    payload: { purpose: 'screen', job: 'screening' },
  })
  expect([processed.statusCode, processed.json()]).toMatchObject([
    200,
    { state: 'available', derived: { kind: 'other' } },
  ])
  const shown = await app.inject({ url: item, headers: analyst })
  expect(shown.json()).toMatchObject({
    item: { id: sealed.json().id },
    kept: [{ purpose: 'assess' }],
    openings: [{ kind: 'processing', job: 'screening', ending: 'complete' }],
  })
})

test('nobody without a role, a session, or a file within the limit seals anything', async () => {
  const { app, as, data } = await opened()
  const analyst = await as('analyst')
  const payload = randomBytes(100)
  const statusOf = async (headers: object, body: Buffer, url = SEAL): Promise<number> =>
    (await app.inject({ method: 'POST', url, headers: { ...RAW, ...headers }, payload: body })).statusCode
  expect(await statusOf({}, payload)).toBe(401)
  expect(await statusOf({ authorization: 'Bearer tut_client' }, payload)).toBe(401)
  expect(await statusOf(await as('administrator'), payload)).toBe(403)
  expect(await statusOf(await as('steward', 'it-responder', 'auditor'), payload)).toBe(403)
  expect(await statusOf(analyst, randomBytes(100_001))).toBe(413)
  expect(await statusOf(analyst, Buffer.alloc(0))).toBe(400)
  expect(await statusOf({ ...analyst, 'content-encoding': 'gzip' }, payload)).toBe(415)
  expect(await statusOf(analyst, payload, SEAL.replace('assess', 'nonsense'))).toBe(400)
  const unknown = await app.inject({ url: '/v1/vault/items/v-0000000000000000', headers: analyst })
  expect(unknown.statusCode).toBeGreaterThanOrEqual(403)
  expect([...(await filesBelow(join(data, 'vault'))).keys()]).toEqual([join(data, 'vault', 'identity')])
})

test('a locked vault says so, and is unlocked by who keeps it, with its passphrase', async () => {
  const { app, as, data } = await opened((folder) => ({
    identity: { passphraseFile: join(folder, 'identity.age') },
  }))
  const encrypter = new Encrypter()
  encrypter.setPassphrase('open sesame, said nobody')
  encrypter.setScryptWorkFactor(4)
  await writeFile(join(data, 'identity.age'), await encrypter.encrypt(await generateX25519Identity()))
  const [analyst, administrator] = [await as('analyst'), await as('administrator')]
  const payload = randomBytes(100)
  const seal = () => app.inject({ method: 'POST', url: SEAL, headers: { ...analyst, ...RAW }, payload })
  expect((await seal()).json()).toMatchObject({ status: 503, type: 'urn:tutela:fault:vault.locked' })
  const unlock = (headers: object, passphrase: string) =>
    app.inject({ method: 'POST', url: '/v1/vault/unlock', headers: { ...headers }, payload: { passphrase } })
  expect((await unlock(analyst, 'open sesame, said nobody')).statusCode).toBe(403)
  expect((await unlock(administrator, 'wrong')).statusCode).toBe(503)
  expect((await app.inject({ url: '/v1/vault', headers: analyst })).json()).toMatchObject({ isLocked: true })
  expect((await unlock(administrator, 'open sesame, said nobody')).json()).toMatchObject({ isLocked: false })
  const sealed = await seal()
  expect(sealed.statusCode).toBe(201)
  const url = `/v1/vault/items/${sealed.json().id}/verifications`
  const verified = await app.inject({ method: 'POST', url, headers: administrator })
  expect(verified.json()).toEqual({ kind: 'whole' })
})
