/** Config: a file and the environment; whatever is not known or not right is refused by its place. */
import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { databaseUrl, readConfig } from '#ground/config'
import { serviceKeys } from '#ground/service-config'
import { temporaryFolder } from '../support/folder.ts'

/** Reads a configuration file with this content. */
async function read(content: string, environment: NodeJS.ProcessEnv = {}) {
  const folder = await temporaryFolder()
  const file = join(folder, 'tutela.yaml')
  await writeFile(file, content)
  return { folder, config: () => readConfig({ TUTELA_CONFIG: file, ...environment }) }
}

describe('the configuration', () => {
  test('has every key of the store and the service', async () => {
    const { folder, config } = await read(
      `data: here
host: 0.0.0.0
port: 0
trustProxy: false
databaseConnectionsMax: 20
sources: sources
log: { level: warn }
server: { uploadBytesMax: 1000, uploadsBytesMax: 9000, requestSecondsMax: 5, connectionsMax: 9,
  slowSeconds: 1, stopSecondsMax: 0 }
index: { threads: 2 }
hma: { open: loopback, foldMetadata: true }
fetch: { enabled: true, bytesMax: 1, secondsMax: 2, redirectsMax: 0, fetchesMax: 1, ports: [443] }
retro: { enabled: true, addresses: any }
matchers:
  shield: { url: "https://shield.example/", userFile: u, passwordFile: p, sends: bytes, bytesMax: 5, addresses: public }
  photodna: { keyFile: k, sends: bytes, enhance: true }
`,
    )
    expect(await config()).toMatchObject({
      data: join(folder, 'here'),
      sources: join(folder, 'sources'),
      port: 0,
      hma: { open: 'loopback', foldMetadata: true },
      fetch: { enabled: true, ports: [443] },
      matchers: {
        shield: { userFile: join(folder, 'u'), passwordFile: join(folder, 'p'), sends: 'bytes' },
        photodna: { keyFile: join(folder, 'k'), enhance: true },
      },
    })
  })

  test.each([
    ['prot: 1', 'there is no key "prot"'],
    ['hma: { opne: loopback }', 'hma: there is no key "opne"'],
    ['hma: { open: always }', 'hma: open must be one of never, loopback'],
    ['port: 65536', 'port must be a whole number between 0 and 65535'],
    ['port: "80"', 'port must be a whole number'],
    ['trustProxy: "yes"', 'trustProxy must be true or false'],
    ['fetch: { ports: [0] }', 'fetch: ports: 1 must be a whole number'],
    ['fetch: { bytesMax: 1.5 }', 'fetch: bytesMax must be a whole number'],
    ['matchers: { shield: { userFile: u } }', 'shield: the key "passwordFile" is missing'],
    ['matchers: { photodna: { keyFile: k } }', 'photodna: the key "sends" is missing'],
    [
      'matchers: { photodna: { url: "https://a:b@example.org", keyFile: k, sends: bytes } }',
      'without a name or password',
    ],
    ['databaseConnectionsMax: 2', 'databaseConnectionsMax must be a whole number between 5 and'],
    ['databaseUrl: "mysql://x"', 'databaseUrl must be a connection string'],
    ['databaseUrl: "postgres://x"\ndatabaseUrlFile: f', 'databaseUrl and databaseUrlFile are both set'],
    ['- a', 'must be keys with values'],
    ['a: [', 'cannot be read'],
  ])('refuses %j and says where', async (content, words) => {
    const { config } = await read(content)
    await expect(config()).rejects.toMatchObject({
      code: 'config.invalid',
      message: expect.stringContaining(words),
    })
  })

  test('the environment comes before the file, key by key', async () => {
    const { folder, config } = await read('port: 1\nhost: a.example\ndata: x', {
      TUTELA_PORT: '2',
      TUTELA_DATA: '/d',
    })
    expect(await config()).toEqual({
      port: 2,
      host: 'a.example',
      data: '/d',
      file: join(folder, 'tutela.yaml'),
    })
  })

  test.each([
    { TUTELA_PORT: '' },
    { TUTELA_PORT: '80x' },
    { TUTELA_DATA: '' },
    { DATABASE_URL: 'file:///x' },
  ])('refuses %j of the environment', async (environment) => {
    const { config } = await read('', environment)
    await expect(config()).rejects.toMatchObject({ code: 'config.invalid' })
  })
})

describe('the connection string', () => {
  test('comes from its file, or from the variable before that', async () => {
    const { folder, config } = await read('databaseUrlFile: secrets/url')
    await mkdir(join(folder, 'secrets'))
    await writeFile(join(folder, 'secrets', 'url'), 'postgres://u:p@h/d\n')
    expect(await databaseUrl(await config())).toBe('postgres://u:p@h/d')
    const other = await readConfig({
      TUTELA_CONFIG: join(folder, 'tutela.yaml'),
      DATABASE_URL: 'postgres://other',
    })
    expect(await databaseUrl(other)).toBe('postgres://other')
  })

  test('is none where nothing names it, or an empty variable does', async () => {
    const { config } = await read('', { DATABASE_URL: '' })
    expect(await databaseUrl(await config())).toBeUndefined()
  })

  test.each([undefined, '', 'hunter2'])(
    'is not taken from a file with %j in it, nor repeated',
    async (secret) => {
      const { folder, config } = await read('databaseUrlFile: url')
      if (secret !== undefined) await writeFile(join(folder, 'url'), secret)
      const refused = databaseUrl(await config())
      await expect(refused).rejects.toMatchObject({
        code: 'config.invalid',
        message: expect.not.stringContaining('hunter2'),
      })
    },
  )
})

test('every key is documented', () => {
  const documented = readFileSync('docs/operating/configuration.md', 'utf8')
  const missing = Object.keys(serviceKeys('.')).filter((key) => !documented.includes(`\`${key}`))
  expect(missing).toEqual([])
})
