import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ScanLine, Summary } from '#terms/scan'
import { type Ended, ended, jsonLines, started, tutela } from '../support/command.ts'
import { temporaryFolder } from '../support/folder.ts'
import { picture } from '../support/pictures.ts'

const FILES = 40

interface Prepared {
  readonly base: string
  readonly words: readonly string[]
}

/** A folder of scenes, some of them on the list, and the words that scan it: made once, and nothing in it is changed. */
let prepared: Prepared
/** What a scan from front to back prints of it. */
let whole: Ended

beforeAll(async () => {
  const base = await mkdtemp(join(tmpdir(), 'tutela-test-'))
  for (let number = 0; number < 4; number++) await picture(base, `known/${number}.jpg`, number)
  for (let number = 0; number < FILES; number++) {
    await picture(
      base,
      `scanned/${number % 7}/${number}.jpg`,
      number % 12,
      number % 2 === 0 ? 'blur' : 'recompress',
    )
  }
  const list = join(base, 'known.csv')
  expect((await tutela('list', 'make', join(base, 'known'), '--out', list)).code).toBe(0)
  prepared = { base, words: ['scan', join(base, 'scanned'), '--list', list, '--json'] }
  whole = await tutela(...prepared.words)
})
afterAll(() => rm(prepared.base, { recursive: true, force: true }))

/** A place for the journal of the running test. */
async function statePlace(): Promise<string> {
  return join(await temporaryFolder(), 'state')
}

/** Output without what may differ between two runs: times. */
function comparable(stdout: string): unknown[] {
  return jsonLines<ScanLine | Summary>(stdout).map((line) =>
    line.kind === 'summary' ? { ...line, seconds: 0, startedAt: '', endedAt: '' } : line,
  )
}

describe('a scan with a journal', () => {
  it('goes on after kill -9, wherever it struck, to the same result', async () => {
    const { words } = prepared
    const state = await statePlace()
    const page = `${state}.html`
    for (const lines of [1, 6, 12]) {
      const child = started([...words, '--state', state])
      let seen = 0
      child.stdout?.on('data', (chunk: Buffer) => {
        seen += chunk.toString().split('\n').length - 1
        if (seen >= lines) child.kill('SIGKILL')
      })
      await once(child, 'close')
    }
    const last = await tutela(...words, '--state', state, '--report', page)
    expect(last.code).toBe(1)
    const replayed = await tutela('scan', '--state', state, '--replay', '--json')
    expect(replayed.code).toBe(1)
    expect(comparable(replayed.stdout)).toEqual(comparable(whole.stdout))
    expect(comparable(last.stdout).at(-1)).toEqual(comparable(whole.stdout).at(-1))
    const report = await readFile(page, 'utf8')
    expect(report.match(/<td class="path">[^<]*\.jpg<\/td>/g)?.length).toBe(
      (comparable(whole.stdout).at(-1) as Summary).match,
    )
  })

  it('finishes the files in hand on Ctrl-C, says so, and can go on', async () => {
    const { words } = prepared
    const state = await statePlace()
    const child = started([...words, '--state', state])
    child.stdout?.once('data', () => child.kill('SIGINT'))
    const first = await ended(child)
    expect(first.code).toBe(130)
    expect(jsonLines(first.stdout).at(-1)).toMatchObject({ kind: 'summary', interrupted: true })
    const interrupted = await tutela('scan', '--state', state, '--replay', '--json')
    expect(interrupted.code).toBe(130)
    expect((await tutela(...words, '--state', state)).code).toBe(1)
    const replayed = await tutela('scan', '--state', state, '--replay', '--json')
    expect(comparable(replayed.stdout)).toEqual(comparable(whole.stdout))
  })

  it('ends with 143 when it is asked to terminate', async () => {
    const { words } = prepared
    const child = started(words)
    child.stdout?.once('data', () => child.kill('SIGTERM'))
    expect((await ended(child)).code).toBe(143)
  })

  it('is refused with other lists or options, and when it is damaged', async () => {
    const { words } = prepared
    const state = await statePlace()
    expect((await tutela(...words, '--state', state)).code).toBe(1)
    const { size } = await stat(state)
    const other = await tutela(...words, '--state', state, '--distance', '10')
    expect(other.code).toBe(64)
    expect(other.stderr).toContain('[journal.mismatch]')
    expect((await stat(state)).size).toBe(size)
  })

  it('tells a scan that is over again while nothing has changed, and refuses to once something has', async () => {
    const base = await temporaryFolder()
    await cp(join(prepared.base, 'scanned/0'), join(base, 'scanned/0'), { recursive: true })
    const words = ['scan', join(base, 'scanned'), ...prepared.words.slice(2)]
    const state = await statePlace()
    expect((await tutela(...words, '--state', state)).code).toBe(1)
    const again = await tutela(...words, '--state', state)
    expect(again.code).toBe(1)
    expect(again.stderr).toContain('nothing was scanned now')
    await picture(base, 'scanned/0/new.jpg', 1)
    const changed = await tutela(...words, '--state', state)
    expect(changed.code).toBe(64)
    expect(changed.stderr).toContain('[journal.ended]')
  })

  it('takes the same words in another working folder for another scan', async () => {
    const { base } = prepared
    const state = await statePlace()
    const list = join(base, 'known.csv')
    const there = (folder: string): ChildProcess =>
      started(['scan', '.', '--list', list, '--state', state], {}, join(base, folder))
    expect((await ended(there('scanned'))).code).toBe(1)
    const elsewhere = await ended(there('known'))
    expect(elsewhere.code).toBe(64)
    expect(elsewhere.stderr).toContain('other paths')
  })

  it('ends quietly when the reader of its output goes away, and not with 0, 1 or 2', async () => {
    const { words } = prepared
    const child = started(words)
    child.stdout?.once('data', () => child.stdout?.destroy())
    const { code, stderr } = await ended(child)
    expect(code).toBe(74)
    expect(stderr).toBe('')
  })
})
