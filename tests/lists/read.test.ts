import { utimesSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type ReadOptions, readList } from '#lists/read'
import { Fault } from '#terms/fault'
import type { ListEntry } from '#terms/list'
import { testFolder } from './folder.ts'

const path = testFolder()
const M = 'd41d8cd98f00b204e9800998ecf8427e'
const S1 = 'da39a3ee5e6b4b0d3255bfef95601890afd80709'
const S2 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const P = 'f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22'

async function read(content: string | Buffer, options: ReadOptions = {}) {
  const file = path('list')
  writeFileSync(file, content)
  const reading = readList(file, options)
  const entries: ListEntry[] = []
  for await (const batch of reading.entries) entries.push(...batch)
  const report = reading.report()
  return { entries, report, lines: report.problems.map(({ line = 0 }) => line) }
}

async function refusal(content: string | Buffer, options: ReadOptions = {}): Promise<string> {
  const fault = await read(content, options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(fault).toBeInstanceOf(Fault)
  return fault instanceof Fault ? `${fault.code}: ${fault.message.replace(path('list'), 'LIST')}` : ''
}

describe('a CSV list', () => {
  it('is mapped by its header in any case, order and spelling, and names the columns that mean nothing', async () => {
    const { entries, report } = await read(
      `Title,SHA-1,PDQ_Hash,size,MD5\nshapes,${S1.toUpperCase()},${P},12,${M}\n`,
    )
    expect(entries).toEqual([{ md5: M, sha1: S1, pdq: P, label: 'shapes' }])
    expect(report).toMatchObject({ format: 'csv', unknownColumns: ['size'], problemsCount: 0 })
    expect(report.counts).toEqual({ md5: 1, sha1: 1, sha256: 0, pdq: 1, photodna: 0, uncheckable: 0 })
  })

  it('may have a byte order mark, carriage returns, semicolons and no last line end', async () => {
    const { entries } = await read(`\uFEFFmd5;label\r\n${M};"one; two"\r\n${M};three`, { strict: true })
    expect(entries).toEqual([
      { md5: M, label: 'one; two' },
      { md5: M, label: 'three' },
    ])
  })

  it('reads rows with every cell in quotes as it reads any others', async () => {
    const rows = [
      `"${M}","one"`,
      `"${M}","two, ""three"""`,
      `"${M}",""`,
      `"${M}","","x"`,
      `"${M}","a"b"`,
      `"${M}","\r"`,
    ]
    const { entries, lines } = await read(`"md5","label"\r\n${rows.join('\r\n')}\r\n`)
    expect(entries.map(({ label }) => label)).toEqual(['one', 'two, "three"', undefined, '\r'])
    expect(lines).toEqual([5, 6])
  })

  it('counts the lines within quoted cells, so that a bad line is named truly', async () => {
    const { entries, report } = await read(
      `md5,label\n${M},"two\nlines"\nabc,bad\n${M},"a ""quoted"" word"\n`,
    )
    expect(entries.map(({ label }) => label)).toEqual(['two\nlines', 'a "quoted" word'])
    expect(report.problems).toEqual([{ line: 4, reason: 'md5 has 3 hex digits, not 32: "abc"' }])
  })

  it('loses no line after a stray quote', async () => {
    const rows = Array.from({ length: 50 }, (_, at) => `${M},item ${at}`)
    const stray = [`${M},7" disc`, ...rows, `${M},"never closed`, ...rows, `${M},5" disc`, ...rows]
    const { entries, lines } = await read(`md5,label\n${stray.join('\n')}\n`)
    expect(entries).toHaveLength(150)
    expect(lines.toSorted((a, b) => a - b)).toEqual([2, 53, 104])
  })

  it('reports rows of another width, rows without a hash and empty lines, but not those at its end', async () => {
    const { lines, entries } = await read(`md5,label\n${M}\n,only a label\n,\n\n${M},a,b\n${M},good\n\n\n`)
    expect(lines).toEqual([2, 3, 4, 5, 6])
    expect(entries).toHaveLength(1)
  })

  it('takes a hash column whose kind stands beside it', async () => {
    const { entries, report } = await read(`type,hash,notes\nHASH_MD5,${M},x\npdq,${P},y\nvmd5,${M},z\n`)
    expect(entries).toEqual([{ md5: M }, { pdq: P }])
    expect(report.problems).toEqual([{ line: 4, reason: '"vmd5" is no kind of hash that is known here' }])
    expect(await refusal(`hash\n${S2}\n`)).toMatch(
      /^list.invalid: LIST: line 2: its hash may be SHA-256 or PDQ/,
    )
    expect((await read(`hash\n${S2}\n`, { assume: 'sha256' })).entries).toEqual([{ sha256: S2 }])
  })

  it('takes the plainest of several names, and reports the others', async () => {
    const { entries, report } = await read(`file,description,name,md5,value,type\na,b,c,${M},7,image\n`, {
      strict: true,
    })
    expect(entries).toEqual([{ md5: M, label: 'c' }])
    expect(report.unknownColumns).toEqual(['file', 'description', 'value', 'type'])
  })

  it('is refused when two columns are the same hash, or none is one', async () => {
    expect(await refusal(`md5,label,Label\n${M},a,b\n`)).toContain('mean the same')
    expect(await refusal(`md5,MD5 hash\n${M},${M}\n`)).toContain('mean the same')
    expect(await refusal('label,size\na,b\n')).toContain('is neither the header line of a CSV list')
    expect(await refusal('label,size\na,b\n', { format: 'csv' })).toContain('no column of a hash')
  })

  it('keeps cells that a spreadsheet would take for formulas as they are', async () => {
    expect((await read(`md5,label\n${M},=1+1\n`)).entries).toEqual([{ md5: M, label: '=1+1' }])
  })
})

describe('a plain list', () => {
  it('tells hashes by their length, a stated kind, a prefix, or a tool that wrote them', async () => {
    const named = `${M}  some name.png\n${M} *b\nSHA1 (c) = ${S1}\n`
    const text = `# a comment\n${M}\n\n${S1.toUpperCase()}\npdq:${P}\nSHA-256:${S2}\n${named}`
    const { entries, report } = await read(text, { strict: true })
    expect(report.format).toBe('plain')
    expect(entries).toEqual([
      { md5: M },
      { sha1: S1 },
      { pdq: P },
      { sha256: S2 },
      { md5: M, label: 'some name.png' },
      { md5: M, label: 'b' },
      { sha1: S1, label: 'c' },
    ])
  })

  it('is refused when 64 digits may be of two kinds, until someone says which', async () => {
    expect(await refusal(`${S2}\n`)).toContain(
      'put "# tutela-list sha256" or "# tutela-list pdq" on its first line',
    )
    expect((await read(`# tutela-list pdq\n${P}\n`)).entries).toEqual([{ pdq: P }])
    expect((await read(`${P}\n`, { assume: 'pdq' })).entries).toEqual([{ pdq: P }])
    expect((await read(`${P}\n`, { assume: 'sha256' })).entries).toEqual([{ sha256: P }])
    expect(await refusal(`# tutela-list pdq\n${P}\n`, { assume: 'sha256' })).toContain(
      'says its hashes are pdq',
    )
  })

  it('names wrong lengths, other words and hashes of a kind not stated', async () => {
    expect((await read(`${M}\nmd5:xyz\n`)).report.problems[0]?.reason).toBe('md5 is not 32 hex digits: "xyz"')
    const { report } = await read(`# tutela-list md5\n${M}\n${S1}\n${M.slice(1)}\nhello\nxyz:${M}\n${M}`)
    expect(report.problems.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
      '3 md5 has 40 hex digits, not 32: "da39a3ee5e6b4b0d3255bfef…"',
      '4 md5 has 31 hex digits, not 32: "41d8cd98f00b204e9800998e…"',
      '5 is no hash line: "hello"',
      '6 "xyz" is no kind of hash that is known here',
    ])
  })

  it('says that a bad last line without its end may be cut short', async () => {
    const { report } = await read(`${M}\n${M.slice(0, 20)}`)
    expect(report.problems[0]?.reason).toContain('may have been cut short')
  })
})

describe('a list of JSON lines', () => {
  it('may open with a header, and then has its date', async () => {
    const header =
      '{"tutelaList":1,"name":"Shapes","publisher":"A hotline","date":"2026-01-02T10:00:00+02:00"}'
    const { entries, report } = await read(
      `${header}\n{"md5":"${M}","label":"x"}\n{"photodna":"AAEC","source":"y"}\n`,
    )
    expect(entries).toEqual([
      { md5: M, label: 'x' },
      { photodna: 'AAEC', source: 'y' },
    ])
    expect(report.header).toEqual({
      name: 'Shapes',
      publisher: 'A hotline',
      date: '2026-01-02T08:00:00.000Z',
    })
    expect(report.info.date).toBe('2026-01-02T08:00:00.000Z')
    expect(report).toMatchObject({ format: 'jsonl', dateFrom: 'header', counts: { md5: 1, uncheckable: 1 } })
  })

  it('is closed: unknown keys, other values, other shapes and empty objects are bad lines', async () => {
    const lines = [
      `{"md5":"${M}"}`,
      `{"md5":"${M}","size":1}`,
      `{"md5":null}`,
      '[]',
      '{"label":"x"}',
      '{',
      '"x"',
      '',
    ]
    const more = [`{"md5":"${M}","label":"\\ud800"}`, `{"md5":"${M}","label":"a\\u0000"}`, `{"tutelaList":1}`]
    const { entries, report } = await read([...lines, ...more].join('\n'))
    expect(entries).toEqual([{ md5: M }])
    expect(report.problems.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  })

  it('of a later version is refused', async () => {
    expect(await refusal(`{"tutelaList":2}\n{"md5":"${M}"}\n`)).toContain('only 1 is known here')
  })
})

describe('any list', () => {
  it('has the date that it states, else that of its file', async () => {
    const stated = await read(`# date: 2026-01-02\nmd5\n${M}\n`)
    expect(stated.report).toMatchObject({ info: { date: '2026-01-02' }, dateFrom: 'header' })
    const file = path('dated')
    writeFileSync(file, `${M}\n`)
    utimesSync(file, 1_700_000_000, 1_700_000_000)
    const reading = readList(file)
    for await (const _ of reading.entries);
    expect(reading.report()).toMatchObject({ info: { date: '2023-11-14T22:13:20.000Z' }, dateFrom: 'file' })
  })

  it('reports a stated date that is none', async () => {
    for (const date of ['2026-02-30', 'yesterday', '02/01/2026', '2026-02-30T00:00:00Z']) {
      expect((await read(`# date: ${date}\nmd5\n${M}\n`)).lines).toEqual([1])
    }
  })

  it('that is compressed, UTF-16, binary, empty or something else is refused with a word on what to do', async () => {
    expect(await refusal(Buffer.from([0x1f, 0x8b, 8, 0]))).toContain('gunzip')
    expect(await refusal(Buffer.from(`\uFEFF${M}\n`, 'utf16le'))).toContain('save it as UTF-8')
    expect(await refusal(Buffer.from('\x89TUTELA\n\x01\0\0\0', 'latin1'))).toContain('is a built index')
    expect(await refusal(Buffer.from([1, 2, 0, 3]))).toContain('is no text')
    expect(await refusal('')).toContain('is empty')
    expect(await refusal('\n\n')).toContain('holds no line of a list')
    expect(await refusal('Dear all,\nplease find\n')).toContain('is neither the header line of a CSV list')
    expect(await refusal(`md5,label\rabc,def`)).toContain('carriage returns')
  })

  it('with nothing but bad lines is refused', async () => {
    expect(await refusal(`md5\nabc\ndef\n`)).toBe(
      'list.invalid: LIST: line 2: md5 has 3 hex digits, not 32: "abc", nor any other (2 bad lines)',
    )
  })

  it('is refused whole at its first bad line when read strictly', async () => {
    expect(await refusal(`${M}\nabc\n`, { strict: true })).toBe(
      'list.invalid: LIST: line 2: has 3 hex digits, not 32, 40 or 64: "abc"',
    )
  })

  it('loses only the lines that hold a NUL, are not UTF-8 or are too long', async () => {
    const long = `{"md5":"${M}","label":"${'x'.repeat(300_000)}"}`
    const lines = [M, `${M}\0`, M, Buffer.from([0xff, 0xfe, 0x41]), M, long, 'y'.repeat(3_000_000), M]
    const bytes = Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')]))
    const { entries, lines: bad } = await read(Buffer.concat([Buffer.from(`${M}\n`.repeat(300)), bytes]))
    expect(entries).toHaveLength(304)
    expect(bad).toEqual([302, 304, 306, 307])
  })

  it('keeps a hundred problems and counts them all', async () => {
    const { report } = await read(`${M}\n${'abc\n'.repeat(250)}`)
    expect(report.problems).toHaveLength(100)
    expect(report.problemsCount).toBe(250)
  })

  it('counts entries that repeat an earlier one, when asked', async () => {
    const { report } = await read(`${M}\n${S1}\n${M}\n${M}\n`, { countRepeats: true })
    expect(report.repeats).toBe(2)
    expect((await read(`${M}\n`)).report.repeats).toBeUndefined()
  })

  it('that is missing or a folder says so', async () => {
    const failing = async (file: string): Promise<unknown> => {
      try {
        for await (const _ of readList(file).entries);
      } catch (fault) {
        return fault
      }
    }
    expect(await failing(path('absent'))).toMatchObject({ code: 'input.missing' })
    expect(await failing(path(''))).toMatchObject({ code: 'list.unreadable' })
  })
})
