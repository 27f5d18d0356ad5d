/** Ending: decoders that are closed, interrupted or killed while they work leave nothing behind and make nothing up. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openDecoders } from '#media/decoders'
import { ended } from '../support/command.ts'
import { temporaryFolder } from '../support/folder.ts'
import { drawn, scene } from './pictures.ts'

const OWNER = fileURLToPath(new URL('./children/owner.mjs', import.meta.url))
const HAS_PROC = existsSync('/proc/self/stat')

/** Files of one picture. */
async function pictures(count: number): Promise<readonly string[]> {
  const folder = await temporaryFolder()
  const bytes = await drawn(scene(1, 640, 480))
    .png()
    .toBuffer()
  return Array.from({ length: count }, (_, place) => {
    const file = join(folder, String(place))
    writeFileSync(file, bytes)
    return file
  })
}

/** Starts the owner in a process group of its own; it is killed when the test is over. */
function owner(deed: string, sandbox: string, files: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [OWNER, deed, sandbox, ...files], { detached: true })
  onTestFinished(() => {
    if (child.exitCode === null) child.kill('SIGKILL')
  })
  return child
}

/** True while a process runs; one that only waits to be collected does not. */
function runs(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.charAt(stat.lastIndexOf(')') + 2) !== 'Z'
  } catch {
    return false
  }
}

test('closing while many files wait settles every reading', async () => {
  const decoders = await openDecoders({ jobs: 1, sandbox: 'off' })
  const readings = (await pictures(40)).map((file) => decoders.read(file, { pictures: true }))
  await decoders.close()
  const given = await Promise.all(readings)
  expect(given.at(-1)).toEqual({ kind: 'unread', because: 'unreadable' })
  expect(await decoders.read('/etc/passwd', { pictures: true })).toMatchObject({ kind: 'unread' })
  await decoders.close()
})

for (const sandbox of ['auto', 'off']) {
  describe.skipIf(!HAS_PROC)(`decoders in a program of their own, sandbox ${sandbox}`, () => {
    test('closed with many files waiting, they leave no child and let the program end', async () => {
      const { code, stdout } = await ended(owner('close', sandbox, await pictures(40)))
      expect(code).toBe(0)
      const { said, left } = JSON.parse(stdout)
      expect(said).toHaveLength(40)
      expect(said).toContain('unreadable')
      expect(left).toEqual([])
    })

    test('signals to the group, and to every child, cost no file', async () => {
      const { stdout } = await ended(owner('signals', sandbox, await pictures(24)))
      expect(JSON.parse(stdout).said).toEqual(Array.from({ length: 24 }, () => 'picture'))
    })

    test('killed without warning, their children end as well', async () => {
      const child = owner('work', sandbox, await pictures(12))
      const line = await new Promise<string>((resolve) => {
        child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString()))
      })
      const { beneath } = JSON.parse(line) as { beneath: readonly number[] }
      expect(beneath.length).toBeGreaterThan(0)
      const gone = ended(child)
      child.kill('SIGKILL')
      await gone
      await expect.poll(() => beneath.filter(runs), { timeout: 20_000 }).toEqual([])
    })

    test('never more children run than jobs', async () => {
      const { stdout } = await ended(owner('read', sandbox, await pictures(24)))
      expect(JSON.parse(stdout)).toMatchObject({ most: 2, jobs: 2 })
    })
  })
}
