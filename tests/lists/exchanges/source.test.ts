/** Sources as data: what ships is whole, what is unknown stops a source by name, and secrets stay in their files. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { stringify } from 'yaml'
import { readSecrets } from '#lists/exchanges/secrets'
import { parseSource, readSources } from '#lists/exchanges/source'
import { PARTNERS } from '#terms/exchange'

const SHIPPED = fileURLToPath(new URL('../../../sources', import.meta.url))

const WHOLE = {
  name: 'one',
  title: 'One',
  publisher: 'Nobody',
  terms: 'For tests.',
  uses: ['gate'],
  list: 'one',
  trust: 'reported',
  api: { kind: 'stopncii', base: 'https://partner.example/v1', options: { pageSize: 5 } },
  secrets: { subscriptionKey: 'a', fetchKey: 'b' },
  schedule: '0 * * * *',
  assertions: { shrinkMax: 0.1, growMax: 0.5, staleAfterDays: 3 },
}

test('every shipped source is whole, has an https address, and may not be used for the crawl', async () => {
  const { sources, wrong } = await readSources([
    { folder: SHIPPED, secretsFolder: '/nowhere', isOptional: false },
  ])
  expect(wrong).toEqual([])
  expect(new Set([...sources.values()].map(({ api }) => api.kind))).toEqual(new Set(PARTNERS))
  expect(sources.size).toBe(10)
  for (const source of sources.values()) {
    expect(source.uses).not.toContain('crawl')
    expect(source.uses).not.toContain('export')
    expect(source.api).toMatchObject({ addresses: 'public', base: expect.stringMatching(/^https:/) })
    await expect(readSecrets(source)).rejects.toMatchObject({ code: 'source.invalid' })
  }
})

test.each<[place: string, change: Record<string, unknown>]>([
  ['"more"', { more: 1 }],
  ['"api.more"', { api: { ...WHOLE.api, more: 1 } }],
  ['"api.options.more"', { api: { ...WHOLE.api, options: { more: 1 } } }],
  ['"secrets.password"', { secrets: { ...WHOLE.secrets, password: 'c' } }],
  ['secrets.fetchKey', { secrets: { subscriptionKey: 'a' } }],
  ['name', { name: 'two' }],
  ['uses', { uses: ['gate', 'sell'] }],
  ['trust', { trust: 'certain' }],
  ['schedule', { schedule: 'often' }],
  ['schedule', { schedule: '* * * * * *' }],
  ['api.base', { api: { ...WHOLE.api, base: 'http://partner.example' } }],
  ['api.base', { api: { ...WHOLE.api, base: 'https://user@partner.example' } }],
  ['assertions.shrinkMax', { assertions: { ...WHOLE.assertions, shrinkMax: 2 } }],
  ['assertions', { assertions: undefined }],
])('a source is refused by the name of its file and of the field: %s', (place, change) => {
  const parse = () => parseSource({ ...WHOLE, ...change }, '/s/one.yaml', '/s')
  expect(parse).toThrow(place)
  expect(parse).toThrow('/s/one.yaml')
})

test('a file that is wrong stops its own source, and an own file takes the place of a shipped one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tutela-sources-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const [shipped, own] = [join(folder, 'shipped'), join(folder, 'own')]
  await mkdir(shipped)
  await mkdir(own)
  await writeFile(join(shipped, 'one.yaml'), stringify(WHOLE))
  await writeFile(join(shipped, 'two.yaml'), stringify({ ...WHOLE, name: 'two' }))
  await writeFile(join(own, 'one.yaml'), stringify({ ...WHOLE, title: 'Own' }))
  await writeFile(join(own, 'two.yaml'), 'name: two\nmore: [')
  const read = await readSources([
    { folder: shipped, secretsFolder: own, isOptional: false },
    { folder: own, secretsFolder: own, isOptional: false },
    { folder: join(folder, 'absent'), secretsFolder: own, isOptional: true },
  ])
  expect([...read.sources.values()].map(({ name, title }) => [name, title])).toEqual([['one', 'Own']])
  expect(read.wrong).toMatchObject([{ name: 'two', fault: { code: 'source.invalid' } }])
})

test('a secret is one line of a file of its own, and is never told', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tutela-secrets-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const source = parseSource(WHOLE, join(folder, 'one.yaml'), folder)
  await writeFile(join(folder, 'a'), ' the key \n')
  await writeFile(join(folder, 'b'), 'two\nlines')
  const failure = await readSecrets(source).catch((error: Error) => error)
  expect(failure).toMatchObject({ code: 'source.invalid' })
  expect(String(failure)).not.toContain('two')
  await writeFile(join(folder, 'b'), 'other')
  expect(await readSecrets(source)).toEqual({ subscriptionKey: 'the key', fetchKey: 'other' })
})
