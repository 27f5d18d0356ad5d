/** Status over the HMA interface: whether it is alive, how far the index is, and which types are answered. */
import { expect, test } from 'vitest'
import { hmaService } from '../../support/hma.ts'

const PDQ = '3a5f7c91d2e4b6805f1e3d7c9ba86420f0e1d2c3b4a5968778695a4b3c2d1e0f'

test('the status says whether look-ups can be made', async () => {
  const hma = await hmaService()
  const status = async (url = '/status') => {
    const answer = await hma.app.inject(url)
    return [answer.statusCode, answer.body]
  }
  expect(await status()).toEqual([200, 'I-AM-ALIVE'])
  await hma.send('POST', '/c/banks', { name: 'BANK_A' })
  hma.index.state = { kind: 'ready', number: 0 }
  expect(await status()).toEqual([200, 'I-AM-ALIVE'])
  await hma.database.query(`UPDATE change SET numbered_at = at - interval '66 seconds'`)
  expect(await status()).toEqual([503, 'INDEX-STALE'])
  hma.index.state = { kind: 'building' }
  expect(await status()).toEqual([503, 'INDEX-NOT-LOADED'])
  expect(await status('/status/live')).toEqual([200, 'I-AM-ALIVE'])
  hma.index.state = { kind: 'ready', number: 9 }
  await hma.database.close()
  expect(await status()).toEqual([503, 'INDEX-STALE'])
})

test('what the index holds is counted by type', async () => {
  const hma = await hmaService()
  const nothing = { present: false, built_to: -1, size: 0 }
  const index = async (query = '') => (await hma.get(`/m/index/status${query}`)).json()
  expect(await index()).toEqual({ pdq: nothing, video_md5: nothing, video_sha256: nothing })
  await hma.send('POST', '/c/banks', { name: 'BANK_A' })
  await hma.send('POST', '/c/bank/BANK_A/signal', { pdq: PDQ })
  await hma.send('POST', '/c/bank/BANK_A/signal', { pdq: PDQ, video_sha256: 'ab'.repeat(32) })
  const builtTo = Date.parse('2026-04-01T00:00:00Z') / 1000
  await hma.database.query('UPDATE change SET numbered_at = to_timestamp($1)', [builtTo])
  expect(await index()).toEqual({
    pdq: { present: true, built_to: builtTo, size: 2 },
    video_md5: nothing,
    video_sha256: { present: true, built_to: builtTo, size: 1 },
  })
  expect(await index('?signal_type=video_md5')).toEqual({ video_md5: nothing })
  expect((await hma.get('/m/index/status?signal_type=nonsense')).statusCode).toBe(400)
  const figures = async () => (await hma.get('/c/signal_type/index?signal_type=pdq')).json()
  expect(await figures()).toEqual({
    pdq: {
      db_size: 2,
      index_size: 2,
      index_out_of_date: false,
      newest_db_item: builtTo,
      index_built_to: builtTo,
    },
  })
  hma.index.catchUp = async () => {}
  await hma.send('POST', '/c/bank/BANK_A/signal', { pdq: PDQ })
  expect(await figures()).toMatchObject({ pdq: { db_size: 3, index_size: 2, index_out_of_date: true } })
})

test('types of signal are switched off and on for every client', async () => {
  const hma = await hmaService()
  const types = async () => (await hma.get('/c/signal_type')).json()
  const all = ['pdq', 'video_md5', 'video_sha256'].map((name) => ({ name, enabled_ratio: 1 }))
  expect(await types()).toEqual(all)
  const put = async (name: string, enabled_ratio: unknown) => {
    const answer = await hma.send('PUT', `/c/signal_type/${name}`, { enabled_ratio })
    return [answer.statusCode, answer.statusCode === 204 ? answer.body : 'message' in answer.json()]
  }
  expect(await put('pdq', 0)).toEqual([204, ''])
  expect(await types()).toEqual([{ name: 'pdq', enabled_ratio: 0 }, ...all.slice(1)])
  const lookup = () => hma.get(`/m/lookup?signal_type=pdq&signal=${PDQ}`)
  expect((await lookup()).json()).toEqual({ message: "SignalType 'pdq' is not enabled" })
  expect((await hma.get('/c/content_type')).json()).toEqual([
    { name: 'photo', enabled: false },
    { name: 'video', enabled: true },
  ])
  expect(await put('pdq', '0.5')).toEqual([204, ''])
  expect((await lookup()).statusCode).toBe(200)
  expect(await put('pdq', 2)).toEqual([400, true])
  expect(await put('pdq', undefined)).toEqual([400, true])
  expect(await put('vpdq', 1)).toEqual([400, true])
  expect(await put('nonsense', 1)).toEqual([400, true])
  const { rows } = await hma.database.query(`SELECT actor FROM event WHERE stream = 'hma:signals'`)
  expect(rows).toEqual([{ actor: 'client:keeper' }, { actor: 'client:keeper' }])
})

test('every route is on the site map and in its own description, and none in that of Tutela', async () => {
  const hma = await hmaService()
  const siteMap: string[] = (await hma.app.inject('/site-map')).json()
  expect(siteMap).toContain('/c/bank/<bank>/content/<content>')
  const { info, paths } = (await hma.app.inject('/openapi/openapi.json')).json()
  expect(info.title).toBe('Open Media Match API')
  expect(Object.keys(paths).map((path) => path.replaceAll('{', '<').replaceAll('}', '>'))).toEqual(
    expect.arrayContaining(siteMap),
  )
  expect(Object.keys(paths['/c/bank/{bank}']).sort()).toEqual(['delete', 'get', 'put'])
  const own = (await hma.app.inject('/openapi.json')).json()
  expect(Object.keys(own.paths).filter((path) => /^\/[hmc]\//.test(path))).toEqual([])
})
