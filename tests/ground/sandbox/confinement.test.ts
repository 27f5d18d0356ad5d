/** Confinement: a program that tries to trespass, run under every way of confining that works here. */
import { spawn } from 'node:child_process'
import { realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  CHILD_UID,
  type Confinement,
  confinements,
  isComplete,
  type Room,
  unconfined,
} from '#ground/sandbox/confinement'
import { type Host, thisHost } from '#ground/sandbox/host'
import { printable, sandboxUsed } from '#ground/sandbox/words'
import { temporaryFolder } from '../../support/folder.ts'

const PROGRAM = realpathSync(fileURLToPath(new URL('./trespasser.mjs', import.meta.url)))

/** Where a program might leave something; a confined one leaves an empty file at most. */
const FOLDERS = [tmpdir(), '/', '/dev', '/dev/shm', '/usr', dirname(PROGRAM)]
afterAll(() => {
  for (const folder of FOLDERS) rmSync(join(folder, 'trespass'), { force: true })
})

const host = thisHost()
const node = realpathSync(process.execPath)
const room: Room = {
  readable: [dirname(PROGRAM), ...(node.startsWith('/usr/') ? [] : [dirname(dirname(node))])],
  limits: { memoryBytesMax: 1_500_000_000, cpuSecondsMax: 60, filesOpenMax: 64 },
  env: { PATH: '/usr/bin:/bin', LANG: 'C' },
}

interface Trespass {
  readonly uid: number
  readonly gid: number
  readonly groups: string
  readonly rights: string
  readonly env: readonly string[]
  readonly shadow: string
  readonly secret: string
  readonly home: string
  readonly processes: string
  readonly connected: string
  readonly writes: Readonly<Record<string, string>>
  readonly memory: string
}

let server: Server
let port = 0
beforeAll(async () => {
  server = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

/** What the trespasser found; undefined when this way of confining does not work on this machine. */
async function trespass(
  way: Confinement,
  secret: string,
  folders: readonly string[],
): Promise<Trespass | undefined> {
  const { file, args, env, uid, gid } = way.launch([
    process.execPath,
    PROGRAM,
    String(port),
    secret,
    ...folders,
  ])
  const account = { ...(uid !== undefined && { uid }), ...(gid !== undefined && { gid }) }
  const child = spawn(file, [...args], {
    env: { ...env },
    cwd: '/',
    stdio: ['ignore', 'pipe', 'ignore'],
    ...account,
  })
  let printed = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    printed += chunk.toString()
  })
  await new Promise((resolve) => child.once('error', resolve).once('close', resolve))
  return printed === '' ? undefined : JSON.parse(printed)
}

async function secretFile(): Promise<string> {
  const file = join(await temporaryFolder(), 'secret')
  writeFileSync(file, 'nobody else reads this', { mode: 0o600 })
  return file
}

for (const way of confinements(host, room)) {
  describe(way.name, () => {
    let found: Trespass | undefined
    const held = (): Trespass => {
      if (found === undefined) throw new Error('did not start')
      return found
    }

    test('starts, or is known not to work here', async (context) => {
      found = await trespass(way, await secretFile(), FOLDERS)
      if (found === undefined) context.skip(`${way.name} does not work on this machine`)
      expect(
        found?.env.filter((name) => !['PATH', 'LANG', 'PWD', '_', 'OLDPWD', 'SHLVL'].includes(name)),
      ).toEqual([])
    })

    test('writes no words anywhere, and takes no more memory than it may', (context) => {
      if (found === undefined) return context.skip('did not start')
      for (const [folder, outcome] of Object.entries(held().writes)) expect(outcome, folder).not.toBe('done')
      expect(held().memory).not.toBe('done')
    })

    if (way.measures.includes('uid')) {
      test('is an account of its own, without groups, rights or secrets', (context) => {
        if (found === undefined) return context.skip('did not start')
        expect(held()).toMatchObject({ uid: CHILD_UID, gid: CHILD_UID })
        expect(['', '0000000000000000']).toContain(held().rights)
        expect(['', String(CHILD_UID)]).toContain(held().groups)
        expect(held().shadow).not.toBe('done')
        expect(held().secret).not.toBe('done')
      })
    }

    if (way.measures.includes('bubblewrap')) {
      test('sees no other file, process or network', (context) => {
        if (found === undefined) return context.skip('did not start')
        expect(held()).toMatchObject({
          shadow: 'ENOENT',
          secret: 'ENOENT',
          home: 'ENOENT',
          processes: 'ENOENT',
        })
        expect(held().connected).not.toBe('done')
      })
    }
  })
}

test('without confinement the trespasser gets through, so that the tests above can fail', async () => {
  const secret = await secretFile()
  const found = await trespass(unconfined(room), secret, [dirname(secret)])
  expect(found).toMatchObject({ secret: 'done', connected: 'done', memory: 'done' })
  expect(found?.writes).toEqual({ [dirname(secret)]: 'done' })
})

describe('words', () => {
  const bare: Host = { root: false, posix: true, bwrap: undefined, setpriv: undefined }

  test('name what is missing and why', () => {
    const used = sandboxUsed('auto', bare, ['rlimits'], [])
    expect(used.words).toContain('bubblewrap is not installed')
    expect(used.words).toContain('needs root')
  })

  test('name what was tried in vain, cleaned of what a terminal would obey', () => {
    const because = printable('\n\u001b[31mbwrap: no permission\nmore')
    expect(because).toBe('?[31mbwrap: no permission')
    expect(sandboxUsed('auto', bare, [], [{ name: 'bubblewrap', because }]).words).toContain('no permission')
  })

  test('name an error and never the source that a runtime quotes', () => {
    const source = "file:///a/child.js:55\n        throw new RangeError('more');\n              ^\n\n"
    const stack = '    at readFile (file:///a/child.js:55:15)\n\nNode.js v20.19.0\n'
    expect(printable(`${source}RangeError: more\n${stack}`)).toBe('RangeError: more')
    expect(printable(`${source}TypeError [ERR_X]: more\n${stack}`)).toBe('TypeError [ERR_X]: more')
    expect(printable(`${source}${stack}`)).toBe('')
    expect(printable('/bin/sh: 1: exec: bwrap: Permission denied')).toBe(
      '/bin/sh: 1: exec: bwrap: Permission denied',
    )
  })

  test('say plainly that nothing was asked for', () => {
    expect(sandboxUsed('off', bare, [], []).words).toBe('Decoding children ran unconfined, as asked.')
  })
})

test('all that require insists on depends on the account', () => {
  const user: Host = { root: false, posix: true, bwrap: '/usr/bin/bwrap', setpriv: undefined }
  expect(isComplete(user, ['bubblewrap', 'rlimits'])).toBe(true)
  expect(isComplete({ ...user, root: true }, ['bubblewrap', 'rlimits'])).toBe(false)
  expect(isComplete(user, ['rlimits'])).toBe(false)
})

test('a system without a POSIX shell has no way of confining', () => {
  expect(confinements({ root: false, posix: false, bwrap: undefined, setpriv: undefined }, room)).toEqual([])
})
