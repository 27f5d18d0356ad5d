/** Integrator: the guide's five commands, run as they stand, take a reader from nothing to a match. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { asFile } from '#scenes/edit'
import { scene } from '#scenes/scene'
import { started } from '../support/command.ts'
import { temporaryDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'

const GUIDE = readFileSync('docs/guides/integrator.md', 'utf8')
const PROGRAM = `${process.execPath} ${join(process.cwd(), 'bin/tutela.js')}`

test('the five commands of the guide end in a match', async () => {
  const commands = [...GUIDE.matchAll(/```sh\n(.*)\n```/g)].map(([, line = '']) => line)
  expect(commands).toHaveLength(5)
  expect(commands[0]).toBe('npm ci && npm start')
  const { config } = await temporaryDatabase()
  const folder = await temporaryFolder()
  writeFileSync(join(folder, 'picture.jpg'), (await asFile(scene(9, 320, 240))).bytes)
  const environment = { DATABASE_URL: addressOf(config), TUTELA_DATA: join(folder, 'data') }
  const url = await service(environment)
  const script = commands
    .slice(1)
    .join('\n')
    .replaceAll('npx tutela', PROGRAM)
    .replaceAll('http://127.0.0.1:8787', url)
  const run = promisify(execFile)('bash', ['-euc', script], {
    cwd: folder,
    env: { ...process.env, ...environment },
  })
  const answers = (await run).stdout.split(/(?<=\})(?=\{)/)
  const shown = /```json\n(.*)\n```/.exec(GUIDE)?.[1] ?? ''
  expect(JSON.parse(answers.at(-1) ?? '')).toEqual(JSON.parse(shown))
})

/** Starts the service at any port. @returns where it listens */
async function service(environment: Record<string, string>): Promise<string> {
  const child = started(['start', '--port', '0', '--json'], environment)
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await once(child, 'close')
  })
  for await (const line of createInterface(child.stdout as Readable)) {
    const said = JSON.parse(line) as { kind: string; url: string }
    if (said.kind === 'listening') return said.url
  }
  throw new Error('the service ended before it listened')
}

function addressOf(config: Awaited<ReturnType<typeof temporaryDatabase>>['config']): string {
  const address = new URL(`postgres://localhost/${config.database}`)
  for (const key of ['host', 'port', 'user', 'password'] as const)
    if (config[key] !== undefined) address.searchParams.set(key, String(config[key]))
  return address.href
}
