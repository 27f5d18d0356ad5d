import { appendFile, open, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Journal, openJournal, replay } from '#journal/journal'
import type { Heading } from '#journal/record'
import type { Scanned } from '#terms/scan'
import { temporaryFolder } from '../support/folder.ts'

const HEADING: Heading = {
  kind: 'heading',
  binding: {
    lists: ['a'.repeat(64)],
    roots: ['L2E='],
    terms: { distanceMax: 31, excluded: [], oneFileSystem: false },
  },
  listsUsed: { lists: [], uncheckableEntries: 0, badLines: 0 },
  stated: { role: 'tester', purpose: 'a test' },
  sandbox: { asked: 'off', measures: [], words: 'none' },
  programVersion: '0.0.0',
  startedAt: '2026-01-01T00:00:00.000Z',
}

function result(number: number): Scanned {
  const line = { kind: 'file', file: `/a/${number}`, verdict: 'none', checked: ['md5'], matches: [] } as const
  return { line, root: 0, bytes: number }
}

async function written(path: string, count: number): Promise<void> {
  const journal = await openJournal(path, HEADING, () => {})
  for (let number = 0; number < count; number++) await journal.add(result(number), number)
  await journal.close()
}

async function held(path: string): Promise<{ results: Scanned[]; journal: Journal }> {
  const results: Scanned[] = []
  const journal = await openJournal(path, HEADING, (scanned) => results.push(scanned))
  return { results, journal }
}

describe('a journal', () => {
  it('gives back every result in order, with the time spent and the last place', async () => {
    const path = join(await temporaryFolder(), 'state')
    await written(path, 50)
    const { results, journal } = await held(path)
    await journal.close()
    expect(results).toEqual(Array.from({ length: 50 }, (_, number) => result(number)))
    expect(journal.resumed).toMatchObject({ last: result(49), milliseconds: 49, ended: false })
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
        await journal.end(2)
        await journal.close()
        const again = await replay(path, () => {})
        expect(again).toMatchObject({ ended: true, last: result(results.length) })
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

  it('drops a torn last line before it writes on', async () => {
    const path = join(await temporaryFolder(), 'state')
    await written(path, 3)
    const { size } = await stat(path)
    await appendFile(path, '0badf00d {"kind":"result","sca')
    const { results, journal } = await held(path)
    await journal.close()
    expect(results).toHaveLength(3)
    expect((await stat(path)).size).toBe(size)
  })

  it.each([
    ['lists', { lists: ['b'.repeat(64)] }],
    ['paths', { roots: ['L2I='] }],
    ['options', { terms: { distanceMax: 30, excluded: [], oneFileSystem: false } }],
  ])('belongs to a scan of the same %s only', async (word, other) => {
    const path = join(await temporaryFolder(), 'state')
    await written(path, 1)
    const heading = { ...HEADING, binding: { ...HEADING.binding, ...other } }
    await expect(openJournal(path, heading, () => {})).rejects.toMatchObject({
      code: 'journal.mismatch',
      message: expect.stringContaining(word),
    })
  })

  it('is held by one process at a time, and a lock left by a dead one is taken over', async () => {
    const path = join(await temporaryFolder(), 'state')
    await writeFile(`${path}.lock`, `${process.ppid}\n`)
    await expect(openJournal(path, HEADING, () => {})).rejects.toMatchObject({ code: 'journal.busy' })
    await writeFile(`${path}.lock`, '999999999\n')
    await (await held(path)).journal.close()
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
