/** Service: the built program on its own database: from nothing to a match, a gentle stop, kills of it and of its database. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dataPlace, serverNumber } from '../store/embedded/ground.ts'
import { type Ended, ended, jsonLines, started } from '../support/command.ts'
import { temporaryFolder } from '../support/folder.ts'
import { picture } from '../support/pictures.ts'
import { type Service, service } from '../support/started.ts'

test('what was imported is found over HTTP, and still after a gentle stop and after kill -9', async () => {
  const environment = { DATABASE_URL: '', TUTELA_DATA: await dataPlace() }
  const folder = await temporaryFolder()
  const known = await picture(folder, 'known/3.jpg', 3)
  const edit = await picture(folder, 'edited.jpg', 3, 'recompress')
  const other = await picture(folder, 'other.jpg', 7)

  const first = await service(environment)
  const again = ended(started(['start', '--port', new URL(first.url).port], environment))
  const key = await listed(environment, folder)
  expect(await again).toMatchObject({ code: 78, stderr: expect.stringContaining('listens there already') })
  const sha256 = createHash('sha256')
    .update(await readFile(known))
    .digest('hex')
  const answers = async ({ url }: Service) =>
    Promise.all([
      asked(url, key, 'image/jpeg', await readFile(edit)),
      asked(url, key, 'image/jpeg', await readFile(other)),
      asked(url, key, 'application/json', JSON.stringify({ digests: { sha256 } })),
    ])
  const expected = [
    { verdict: 'match', decision: 'hold' },
    { verdict: 'none', decision: 'allow' },
    { verdict: 'match', decision: 'block' },
  ]
  expect(await answers(first)).toMatchObject(expected)
  expect(await stopped(first, 'SIGTERM')).toBe(0)

  const second = await service(environment)
  expect(await answers(second)).toMatchObject(expected)
  process.kill((await serverNumber(environment.TUTELA_DATA)) ?? raise(), 'SIGKILL')
  await expect.poll(second.log, { timeout: 30_000 }).toContain('the database had ended and was started again')
  expect(await answers(second)).toMatchObject(expected)
  expect(await stopped(second, 'SIGKILL')).toBeNull()

  const third = await service(environment)
  expect(await answers(third)).toMatchObject(expected)
}, 120_000)

function raise(): never {
  throw new Error('no database runs')
}

/** Ends the service. @returns its exit code; null where a signal ended it */
async function stopped({ child }: Service, signal: NodeJS.Signals): Promise<number | null> {
  const closed = once(child, 'close')
  child.kill(signal)
  const [code] = await closed
  return code as number | null
}

/** Fills a list from the folder of known pictures, while the service runs. @returns a key that may ask */
async function listed(environment: NodeJS.ProcessEnv, folder: string): Promise<string> {
  const file = join(folder, 'known.csv')
  const [made] = await Promise.all([
    ran(environment, 'key', 'create', '--name', 'upload', '--scope', 'match'),
    ran(
      environment,
      'list',
      'create',
      'known',
      '--publisher',
      'Us',
      '--uses',
      'gate',
      '--trust',
      'confirmed',
    ),
    ran(environment, 'list', 'make', join(folder, 'known'), '--out', file),
  ])
  const imported = await ran(environment, 'list', 'import', file, '--into', 'known', '--json')
  expect(jsonLines(imported.stdout)).toMatchObject([{ kind: 'import', applied: { added: 1 } }])
  return made.stdout.trim()
}

/** Runs a command that must end well. */
async function ran(environment: NodeJS.ProcessEnv, ...words: readonly string[]): Promise<Ended> {
  const done = await ended(started(words, environment))
  expect(done, words.join(' ')).toMatchObject({ code: 0 })
  return done
}

/** The verdict on an item; a service that builds its index is asked again, as its Retry-After says it may be. */
async function asked(url: string, key: string, type: string, body: Buffer | string): Promise<unknown> {
  for (const until = Date.now() + 20_000; ; ) {
    const headers = { authorization: `Bearer ${key}`, 'content-type': type }
    const answer = await fetch(`${url}/v1/match`, { method: 'POST', headers, body })
    if (answer.status !== 503 || Date.now() > until) return answer.json()
    await answer.body?.cancel()
  }
}
