import { appendFile, open, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Journal, openJournal, replay } from '#journal/journal'
import type { Heading, Session } from '#journal/record'
import type { Scanned } from '#terms/scan'
import { temporaryFolder } from '../support/folder.ts'

const LIMITS = { pixelsMax: 1, bytesMax: 1, secondsMax: 1, memoryBytesMax: 1, framesMax: 1 }
const HEADING: Heading = {
  kind: 'heading',
  binding: {
    lists: ['a'.repeat(64)],
    roots: ['L2E='],
    places: ['L2E='],
    terms: { distanceMax: 31, excluded: [], oneFileSystem: false, limits: LIMITS },
    version: '0.0.0',
  },
  listsUsed: { lists: [], uncheckableEntries: 0, badLines: 0 },
}
const SESSION: Session = {
  kind: 'session',
  stated: { role: 'tester', purpose: 'a test' },
  sandbox: { asked: 'off', measures: [], words: 'none' },
  startedAt: '2026-01-01T00:00:00.000Z',
}

function result(number: number): Scanned {
  const line = { kind: 'file', file: `/a/${number}`, verdict: 'none', checked: ['md5'], matches: [] } as const
  return { line, root: 0, bytes: number }
}

async function written(path: string, count: number): Promise<void> {
  const journal = await openJournal(path, HEADING, SESSION, () => {})
  for (let number = 0; number < count; number++) await journal.add(result(number), number)
  await journal.close()
}

async function held(path: string): Promise<{ results: Scanned[]; journal: Journal }> {
  const results: Scanned[] = []
  const journal = await openJournal(path, HEADING, SESSION, (scanned) => results.push(scanned))
  return { results, journal }
}

describe('a journal', () => {
  it('gives back every result in order, with the time spent and the last place', async () => {
    const path = join(await temporaryFolder(), 'state')
    await written(path, 50)
    const { results, journal } = await held(path)
    await journal.close()
    expect(results).toEqual(Array.from({ length: 50 }, (_, number) => result(number)))
    expect(journal.resumed).toMatchObject({ last: result(49), milliseconds: 49, isTold: false })
    expect(journal.resumed.endedAt).toBeUndefined()
    expect(journal.resumed.sessions).toEqual([SESSION, SESSION])
  })

  it('is whole up to some result after it was cut anywhere, and goes on from there', async () => {
    const path = join(await temporaryFolder(), 'state')
    await written(path, 20)
    const whole = await readFile(path)
    const headingEnd = whole.indexOf('\n') + 1
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: headingEnd, max: whole.length }), async (length) => {
        await writeFile(path, whole.subarray(0, length))
        const { results, journal } = await held(path)
        expect(results).toEqual(Array.from({ length: results.length }, (_, number) => result(number)))
        await journal.add(result(results.length), 1)
        await journal.mark({ kind: 'end', milliseconds: 2, at: 'then' })
        await journal.close()
        const again = await replay(path, () => {})
        expect(again).toMatchObject({ endedAt: 'then', last: result(results.length) })
      }),
      { numRuns: 40 },
    )
  })

  it('is refused when a byte before its last line is not as it was written', async () => {
    const path = join(await temporaryFolder(), 'state')
    await written(path, 10)
    const whole = await readFile(path)
    const lastLine = whole.lastIndexOf('\n', whole.length - 2)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: lastLine - 1 }), async (at) => {
        const damaged = Buffer.from(whole)
        damaged[at] = (damaged[at] ?? 0) ^ 1
        await writeFile(path, damaged)
        await expect(replay(path, () => {})).rejects.toMatchObject({ code: 'journal.damaged' })
      }),
      { numRuns: 60 },
    )
  })

  it('is refused when a line is missing from its middle', async () => {
    const path = join(await temporaryFolder(), 'state')
    await written(path, 10)
    const lines = (await readFile(path, 'utf8')).split('\n')
    await writeFile(path, lines.toSpliced(4, 1).join('\n'))
    await expect(replay(path, () => {})).rejects.toMatchObject({ code: 'journal.damaged' })
  })

  it('takes bad lines after the last mark for a torn end, even with good ones behind them', async () => {
    const path = join(await temporaryFolder(), 'state')
    await written(path, 6)
    const lines = (await readFile(path, 'utf8')).split('\n')
    const unsynced = lines.filter((line) => !line.includes('"kind":"synced"'))
    const torn = unsynced.with(4, '\0'.repeat(40)).join('\n')
    await writeFile(path, torn)
    const { results, journal } = await held(path)
    await journal.close()
    expect(results).toEqual([result(0), result(1)])
  })

  it('begins anew when even its heading was torn, and touches no other file', async () => {
    const path = join(await temporaryFolder(), 'state')
    await written(path, 1)
    const whole = await readFile(path)
    await writeFile(path, whole.subarray(0, 60))
    const { results, journal } = await held(path)
    await journal.close()
    expect(results).toEqual([])
    expect((await replay(path, () => {})).heading).toEqual({ ...HEADING, version: 1 })
    await writeFile(path, 'somebody else wrote this')
    await expect(held(path)).rejects.toMatchObject({ code: 'journal.damaged' })
    expect(await readFile(path, 'utf8')).toBe('somebody else wrote this')
  })

  it('drops a torn last line before it writes on', async () => {
    const path = join(await temporaryFolder(), 'state')
    await written(path, 3)
    await appendFile(path, '0badf00d {"kind":"result","sca')
    const { results, journal } = await held(path)
    await journal.close()
    expect(results).toHaveLength(3)
    expect(await readFile(path, 'utf8')).not.toContain('0badf00d')
  })

  it('knows whether its end was told', async () => {
    const path = join(await temporaryFolder(), 'state')
    const journal = await openJournal(path, HEADING, SESSION, () => {})
    await journal.mark({ kind: 'end', milliseconds: 1, at: 'then' })
    await journal.close()
    const again = await held(path)
    expect(again.journal.resumed.endedAt).toBe('then')
    await again.journal.mark({ kind: 'told' })
    await again.journal.close()
    expect((await replay(path, () => {})).isTold).toBe(true)
  })

  it.each([
    ['lists', { lists: ['b'.repeat(64)] }],
    ['paths', { roots: ['L2I='] }],
    ['paths', { places: ['L2I='] }],
    ['program version', { version: '0.0.1' }],
    ['options', { terms: { ...HEADING.binding.terms, limits: { ...LIMITS, bytesMax: 2 } } }],
    ['options', { terms: { ...HEADING.binding.terms, distanceMax: 30 } }],
  ])('belongs to a scan of the same %s only', async (word, other) => {
    const path = join(await temporaryFolder(), 'state')
    await written(path, 1)
    const heading = { ...HEADING, binding: { ...HEADING.binding, ...other } }
    await expect(openJournal(path, heading, SESSION, () => {})).rejects.toMatchObject({
      code: 'journal.mismatch',
      message: expect.stringContaining(word),
    })
  })

  it('is held by one process at a time', async () => {
    const path = join(await temporaryFolder(), 'state')
    const { journal } = await held(path)
    await expect(held(path)).rejects.toMatchObject({ code: 'journal.busy' })
    await journal.close()
    await (await held(path)).journal.close()
  })

  it("is taken over from a process that is gone, whose number may be another's now", async () => {
    const path = join(await temporaryFolder(), 'state')
    for (const holder of ['tutela 999999999 5', `tutela ${process.ppid} 1`]) {
      await writeFile(`${path}.lock`, `${holder}\n`)
      await (await held(path)).journal.close()
      await expect(stat(`${path}.lock`)).rejects.toThrow('ENOENT')
    }
  })

  it('leaves a file alone that has the name of its lock and is none', async () => {
    const path = join(await temporaryFolder(), 'yarn')
    await writeFile(`${path}.lock`, 'precious')
    await expect(held(path)).rejects.toMatchObject({ code: 'journal.busy' })
    expect(await readFile(`${path}.lock`, 'utf8')).toBe('precious')
  })

  it('is never a folder or a pipe', async () => {
    const folder = await temporaryFolder()
    await expect(held(folder)).rejects.toMatchObject({ code: 'input.unreadable' })
    await expect(replay(folder, () => {})).rejects.toMatchObject({ code: 'input.unreadable' })
    await expect(held('/dev/null')).rejects.toMatchObject({ code: 'input.unreadable' })
  })

  it('is readable by its owner alone', async () => {
    const path = join(await temporaryFolder(), 'state')
    await written(path, 1)
    expect((await stat(path)).mode & 0o077).toBe(0)
  })

  it('says that there is none to replay', async () => {
    await expect(replay('/nowhere/state', () => {})).rejects.toMatchObject({ code: 'input.missing' })
  })

  it('takes a file of the wrong kind for damaged', async () => {
    const path = join(await temporaryFolder(), 'state')
    const file = await open(path, 'w')
    await file.writeFile('hello\nworld\n')
    await file.close()
    await expect(replay(path, () => {})).rejects.toMatchObject({ code: 'journal.damaged' })
    await truncate(path, 3)
    await expect(replay(path, () => {})).rejects.toMatchObject({ code: 'journal.damaged' })
  })
})
