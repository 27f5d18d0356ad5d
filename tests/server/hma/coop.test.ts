/**
 * Coop: the flow of a public HMA client over HTTP, call by call as it makes them (roostorg/coop, hmaService, 2026):
 * a base that ends in a slash, a share sent as a text, metadata beside the file.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ServiceIndex } from '#index/service/service-index'
import { openDecoders } from '#media/decoders'
import { RegisterFeed } from '#store/feed'
import { listNamed } from '#store/lists'
import { temporaryDatabase } from '../../support/database.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { picture } from '../../support/pictures.ts'
import { clientsOf, serverFor } from '../../support/server.ts'

/** A running service that needs no key of programs on this machine. @returns its base, with a slash at the end */
async function running() {
  const { database } = await temporaryDatabase()
  const folder = await temporaryFolder()
  const decoders = await openDecoders({ jobs: 1, sandbox: 'off' })
  const index = ServiceIndex.open({
    folder: join(folder, 'index'),
    feed: new RegisterFeed(database),
    threads: 0,
  })
  onTestFinished(async () => {
    await index.close()
    await decoders.close()
  })
  await index.catchUp()
  const app = serverFor({
    ...{ index, decoders, database, clients: clientsOf() },
    hma: { open: 'loopback', foldMetadata: true, exchangesFolder: join(folder, 'exchanges') },
  })
  const base = await app.listen({ host: '127.0.0.1', port: 0 })
  return { base: `${base}/`, database, folder }
}

interface Call {
  readonly method?: 'get' | 'post' | 'put' | 'delete'
  readonly json?: object
  readonly form?: FormData
}

/** Calls as the client does: its base, then a path that begins with a slash. */
function caller(base: string) {
  return async (path: string, { method = 'get', json, form }: Call = {}) => {
    const body = form ?? (json && JSON.stringify(json))
    const response = await fetch(`${base}${path}`, {
      method: method.toUpperCase(),
      ...(body !== undefined && { body }),
      headers: json || (method === 'get' && !form) ? { 'content-type': 'application/json' } : {},
    })
    return { ok: response.ok, status: response.status, body: (await response.json()) as unknown }
  }
}

test('a bank is made, sampled, filled with a file, matched against, and removed', async () => {
  const { base, database, folder } = await running()
  const call = caller(base)
  const bank = 'COOP_E7C89CE7729_HASH_BANK'

  const made = await call('/c/banks', { method: 'post', json: { name: bank, enabled_ratio: (1).toString() } })
  expect(made).toEqual({ ok: true, status: 201, body: { name: bank, matching_enabled_ratio: 1 } })
  expect(await call(`/c/bank/${bank}`)).toMatchObject({ ok: true, body: { name: bank } })

  const form = new FormData()
  const bytes = await readFile(await picture(folder, 'item.jpg', 1))
  form.append('photo', new Blob([new Uint8Array(bytes)]))
  form.append('content_id', 'type1:item1')
  form.append('metadata', JSON.stringify({ source: 'ncmec_report' }))
  form.append('note', 'Reported')
  const added = await call(`/c/bank/${bank}/content`, { method: 'post', form })
  const { id, signals } = added.body as { id: number; signals: { pdq: string } }
  expect(added).toMatchObject({ ok: true, status: 200, body: { id: expect.any(Number) } })
  expect(await call(`/c/bank/${bank}/content/${id}`)).toMatchObject({
    body: {
      metadata: { content_id: 'type1:item1', json: { source: 'ncmec_report' } },
      note: 'Reported',
    },
  })

  const lookup = `/m/lookup?${new URLSearchParams({ signal_type: 'pdq', signal: signals.pdq })}`
  const matched = { [bank]: [{ bank_content_id: id, distance: '0' }] }
  expect(await call(lookup)).toMatchObject({ ok: true, body: matched })

  const off = await call(`/c/bank/${bank}`, { method: 'put', json: { enabled_ratio: 0 } })
  expect(off.body).toEqual({ name: bank, matching_enabled_ratio: 0 })
  expect((await call(lookup)).body).toEqual({})

  expect(await call(`/c/bank/${bank}`, { method: 'delete' })).toMatchObject({ ok: true })
  expect(await call(`/c/bank/${bank}`)).toMatchObject({ ok: false, status: 404 })
  expect((await call(lookup)).body).toEqual({})
  await expect(listNamed(database, bank)).rejects.toMatchObject({ code: 'register.unknown' })
})

test('a bank that an exchange fills is made with its share and credentials, looked at, and removed by its bank', async () => {
  const { base } = await running()
  const call = caller(base)
  const bank = 'COOP_E7C89CE7729_PARTNER'

  const apis = (await call('/c/exchanges/apis')).body as string[]
  for (const api of apis)
    expect(await call(`/c/exchanges/api/${api}`)).toMatchObject({
      body: { supports_authentification: true, has_set_authentification: false },
    })
  expect(await call('/c/exchanges/api/fb_threatexchange/schema')).toMatchObject({
    body: { config_schema: { fields: [{ name: 'privacy_group', type: 'number' }] } },
  })
  const made = await call('/c/exchanges', {
    method: 'post',
    json: { bank, api: 'fb_threatexchange', api_json: { privacy_group: 123 } },
  })
  expect(made).toMatchObject({ ok: true, status: 201 })
  expect(await call(`/c/bank/${bank}`, { method: 'put', json: { enabled_ratio: 0.5 } })).toMatchObject({
    body: { name: bank, matching_enabled_ratio: 0.5 },
  })
  const credentials = { credential_json: { api_token: '12345678|not-a-token-of-anybody' } }
  await call('/c/exchanges/api/fb_threatexchange', { method: 'post', json: credentials })
  expect(await call('/c/exchanges/api/fb_threatexchange')).toMatchObject({
    body: { has_set_authentification: true },
  })
  expect(await call(`/c/exchange/${bank}`)).toMatchObject({
    body: { name: bank, api: 'fb_threatexchange', enabled: true, privacy_group: 123 },
  })
  expect(await call(`/c/exchange/${bank}/status`)).toMatchObject({
    body: { last_fetch_succeeded: null, up_to_date: false, fetched_items: 0, running_fetch_start_ts: null },
  })
  expect(await call(`/c/bank/${bank}`, { method: 'delete' })).toMatchObject({ ok: true })
  expect(await call(`/c/exchange/${bank}`)).toMatchObject({ status: 404 })
})
