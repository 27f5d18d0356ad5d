/** Exchanges over the HMA interface: subscriptions, credentials that are never given back, and how they fare. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSource } from '#lists/exchanges/source'
import { listNamed } from '#store/lists'
import { dueSources, sourceNamed } from '#store/sources'
import { applySteps } from '#store/steps'
import { pdqHash } from '#terms/hash'
import { temporaryFolder } from '../../support/folder.ts'
import { hmaService, NOW } from '../../support/hma.ts'

const SECRET = 'not-to-be-told'

async function withFolder() {
  const exchangesFolder = join(await temporaryFolder(), 'exchanges')
  const hma = await hmaService({ exchangesFolder })
  const statusOf = async (method: 'POST' | 'PUT', url: string, body: object) =>
    (await hma.send(method, url, body)).statusCode
  return { ...hma, exchangesFolder, statusOf }
}

test('the partners are named and described as HMA describes them', async () => {
  const hma = await withFolder()
  expect((await hma.get('/c/exchanges/apis')).json()).toEqual([
    'fb_threatexchange',
    'ncmec',
    'stop_ncii',
    'tat',
  ])
  expect((await hma.get('/c/exchanges/api/fb_threatexchange/schema')).json()).toEqual({
    config_schema: {
      fields: [
        {
          name: 'privacy_group',
          type: 'number',
          required: true,
          default: null,
          help: expect.any(String),
          choices: null,
        },
      ],
    },
    credentials_schema: { fields: [expect.objectContaining({ name: 'api_token', type: 'string' })] },
  })
  const { config_schema, credentials_schema } = (await hma.get('/c/exchanges/api/ncmec/schema')).json()
  const named = (fields: { name: string; type: string; required: boolean }[]) =>
    fields.map(({ name, type, required }) => `${name}:${type}:${required}`)
  expect(named(config_schema.fields)).toEqual(['environment:enum:true', 'only_esp_ids:set_of_number:false'])
  expect(named(credentials_schema.fields)).toEqual(['user:string:true', 'password:string:true'])
  expect((await hma.get('/c/exchanges/api/nonsense/schema')).statusCode).toBe(404)
  expect((await hma.get('/c/exchanges/api/nonsense')).statusCode).toBe(400)
})

test('credentials are kept in files that only this program reads, told of but never told, and cleared', async () => {
  const hma = await withFolder()
  const url = '/c/exchanges/api/ncmec'
  const had = async () => (await hma.get(url)).json()
  expect(await had()).toEqual({ supports_authentification: true, has_set_authentification: false })
  const set = await hma.send('POST', url, { credential_json: { user: 'us', password: SECRET } })
  expect([set.statusCode, set.json().has_set_authentification]).toEqual([200, true])
  expect(set.body).not.toContain(SECRET)
  const file = join(hma.exchangesFolder, 'credentials', 'ncmec', 'password')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect((await stat(join(hma.exchangesFolder, 'credentials'))).mode & 0o077).toBe(0)
  expect((await readFile(file, 'utf8')).trim()).toBe(SECRET)
  for (const bad of [
    { user: SECRET },
    { user: 'us', password: SECRET, [SECRET]: 1 },
    { user: 1, password: SECRET },
  ]) {
    const refused = await hma.send('POST', url, { credential_json: bad })
    expect(refused.statusCode).toBe(400)
    expect(refused.body).not.toContain(SECRET)
  }
  expect(await hma.statusOf('POST', url, { credential_json: 'text' })).toBe(400)
  expect((await had()).has_set_authentification).toBe(true)
  await hma.send('POST', url, { credential_json: {} })
  expect((await had()).has_set_authentification).toBe(false)
})

test('a subscription makes a bank and a source that is due at once', async () => {
  const hma = await withFolder()
  const api_json = { environment: 'https://exttest.cybertip.org/hashsharing', only_esp_ids: [7, 42] }
  const made = await hma.send('POST', '/c/exchanges', { bank: 'NCMEC_BANK', api: 'ncmec', api_json })
  expect([made.statusCode, made.json()]).toEqual([201, { message: 'Created successfully' }])
  expect((await hma.get('/c/exchanges')).json()).toEqual(['NCMEC_BANK'])
  expect((await hma.get('/c/exchange/NCMEC_BANK')).json()).toEqual({
    ...{ name: 'NCMEC_BANK', api: 'ncmec', enabled: true },
    ...api_json,
  })
  expect((await hma.get('/c/bank/NCMEC_BANK')).json()).toEqual({
    name: 'NCMEC_BANK',
    matching_enabled_ratio: 1,
  })
  expect(await dueSources(hma.database, NOW)).toEqual(['NCMEC_BANK'])
  const source = await readSource(join(hma.exchangesFolder, 'NCMEC_BANK.yaml'))
  expect(source).toMatchObject({ publisher: 'NCMEC', uses: ['gate', 'scan'], list: 'NCMEC_BANK' })
  expect(source.api).toEqual({
    kind: 'ncmec',
    base: 'https://exttest.cybertip.org/hashsharing',
    addresses: 'public',
    options: { members: ['7', '42'] },
  })
  expect((await hma.get('/c/exchange/NCMEC_BANK/status')).json()).toEqual({
    checkpoint_ts: null,
    running_fetch_start_ts: null,
    last_fetch_complete_ts: null,
    last_fetch_succeeded: null,
    up_to_date: false,
    fetched_items: 0,
  })
})

test('how pulls went is told in times and yes or no', async () => {
  const hma = await withFolder()
  await hma.send('POST', '/c/exchanges', { bank: 'TAT', api: 'tat' })
  const status = async () => (await hma.get('/c/exchange/TAT/status')).json()
  const checkpoint = JSON.stringify({ time: 1_767_600_000.4 })
  await hma.database.query('UPDATE source SET checkpoint = $1, succeeded_at = $2 WHERE name = $3', [
    ...[checkpoint, NOW, 'TAT'],
  ])
  expect(await status()).toMatchObject({
    checkpoint_ts: 1_767_600_000,
    last_fetch_complete_ts: NOW.getTime() / 1000,
    last_fetch_succeeded: true,
    up_to_date: true,
  })
  await hma.database.query(`UPDATE source SET failures = 1, failed_because = 'x' WHERE name = 'TAT'`)
  expect(await status()).toMatchObject({ last_fetch_succeeded: false, up_to_date: false })
})

test('what cannot be subscribed to is refused, and leaves neither bank nor file', async () => {
  const hma = await withFolder()
  await hma.send('POST', '/c/banks', { name: 'TAKEN' })
  const bad = [
    { bank: 'lower', api: 'tat' },
    { bank: 'TAKEN', api: 'tat' },
    { bank: 'NEW', api: 'nonsense' },
    { bank: 'NEW' },
    { api: 'tat' },
    { bank: 'NEW', api: 'tat', api_json: [] },
    { bank: 'NEW', api: 'tat', api_json: { more: 1 } },
    { bank: 'NEW', api: 'fb_threatexchange', api_json: {} },
    { bank: 'NEW', api: 'fb_threatexchange', api_json: { privacy_group: '../x' } },
    { bank: 'NEW', api: 'ncmec', api_json: { environment: 'https://example.org' } },
  ]
  for (const body of bad)
    expect([body, await hma.statusOf('POST', '/c/exchanges', body)]).toEqual([body, 400])
  expect((await hma.get('/c/banks')).json()).toHaveLength(1)
  expect(await readdir(hma.exchangesFolder).catch(() => [])).toEqual([])
})

test('an exchange is switched off and on, and goes with its bank whichever is removed', async () => {
  const hma = await withFolder()
  const subscribe = (bank: string) =>
    hma.send('POST', '/c/exchanges', { bank, api: 'fb_threatexchange', api_json: { privacy_group: 12 } })
  await subscribe('TX')
  const enabled = async (body: object) => (await hma.send('PUT', '/c/exchange/TX', body)).json()
  expect(await enabled({ enabled: false })).toEqual({
    ...{ name: 'TX', api: 'fb_threatexchange', enabled: false, privacy_group: 12 },
  })
  expect(await dueSources(hma.database, NOW)).toEqual([])
  expect(await enabled({ enabled: true })).toMatchObject({ enabled: true })
  expect(await hma.statusOf('PUT', '/c/exchange/NOWHERE', { enabled: true })).toBe(404)
  expect(await hma.statusOf('POST', '/c/bank/TX/signal', { pdq: '0'.repeat(64) })).toBe(403)
  for (const _ of ['there', 'gone'])
    expect((await hma.send('DELETE', '/c/exchange/TX')).json()).toEqual({ message: 'Exchange deleted' })
  expect((await hma.get('/c/exchange/TX')).statusCode).toBe(404)
  expect((await hma.get('/c/bank/TX')).statusCode).toBe(404)
  expect((await subscribe('TX')).statusCode).toBe(201)
  expect((await hma.send('DELETE', '/c/bank/TX')).json()).toEqual({ message: 'Done' })
  expect((await hma.get('/c/exchanges')).json()).toEqual([])
  expect(await dueSources(hma.database, NOW)).toEqual([])
  expect(await readdir(hma.exchangesFolder)).toEqual([])
})

test('a content that a partner sent says under which key, and can be switched off and noted, not taken out', async () => {
  const hma = await withFolder()
  await hma.send('POST', '/c/exchanges', { bank: 'TAT', api: 'tat' })
  const pdq = pdqHash('3a5f7c91d2e4b6805f1e3d7c9ba86420f0e1d2c3b4a5968778695a4b3c2d1e0f')
  const entry = { key: 'tat-124', ...(pdq && { pdq }) }
  const signed = { actor: 'source:TAT', at: NOW } as const
  await applySteps(hma.database, 'TAT', [[{ kind: 'put', entry }]], { kind: 'pull', signed })
  const found = await hma.get(`/m/lookup?signal_type=pdq&signal=${pdq}`)
  const [{ bank_content_id: id }] = found.json().TAT
  const url = `/c/bank/TAT/content/${id}`
  expect((await hma.get(url)).json()).toMatchObject({
    metadata: { content_id: null, collab: { TAT: ['tat-124'] } },
  })
  expect((await hma.send('PUT', url, { disable_until_ts: 0, note: 'a meme' })).json()).toMatchObject({
    ...{ disable_until_ts: 0, note: 'a meme', collab_metadata: { TAT: ['tat-124'] } },
  })
  expect((await hma.get(`/m/lookup?signal_type=pdq&signal=${pdq}`)).json()).toEqual({})
  expect((await hma.send('DELETE', url)).statusCode).toBe(403)
})

test('new credentials bring the pull forward, and may name another https address', async () => {
  const hma = await withFolder()
  await hma.send('POST', '/c/exchanges', { bank: 'STOP', api: 'stop_ncii' })
  await hma.database.query(`UPDATE source SET next_at = '2030-01-01' WHERE name = 'STOP'`)
  const keys = { fetch_function_key: SECRET, subscription_key: SECRET }
  const set = (base_url_override: string) =>
    hma.statusOf('POST', '/c/exchanges/api/stop_ncii', { credential_json: { ...keys, base_url_override } })
  expect(await set('http://127.0.0.1/v1')).toBe(400)
  expect(await set('https://test.example.org/v1')).toBe(200)
  expect(await dueSources(hma.database, NOW)).toEqual(['STOP'])
  const { list } = (await sourceNamed(hma.database, 'STOP')) ?? {}
  expect(list).toBe((await listNamed(hma.database, 'STOP')).id)
  const source = await readSource(join(hma.exchangesFolder, 'STOP.yaml'))
  expect(source.api.base).toBe('https://test.example.org/v1')
  expect(JSON.stringify(source)).not.toContain(SECRET)
})
