import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sqlite from 'node-sqlite3-wasm'
import { describe, expect, it } from 'vitest'
import { testFolder } from '../folder.ts'
import { readText, readWhole, refusalOf } from '../written.ts'

const path = testFolder()
const hex = (at: number, digits: number): string => at.toString(16).toUpperCase().padStart(digits, '0')
const row = (at: number): string[] => [hex(at, 64), hex(at, 40), hex(at, 32), `file ${at}.dll`]
const COLUMNS =
  'sha256 TEXT, sha1 TEXT, md5 TEXT, crc32 TEXT, file_name TEXT, file_size INTEGER, package_id INTEGER'
const INSERT = 'INSERT INTO METADATA (sha256, sha1, md5, file_name) VALUES (?, ?, ?, ?)'

function database(name: string, fill: (database: InstanceType<typeof sqlite.Database>) => void): string {
  const file = path(name)
  rmSync(file, { force: true })
  const opened = new sqlite.Database(file)
  fill(opened)
  opened.close()
  return file
}

describe('an RDSv3 database', () => {
  it('gives the digests of every row, from the table under its views, in batches', async () => {
    const file = database('full.db', (opened) => {
      opened.exec(`CREATE TABLE METADATA (${COLUMNS}); CREATE VIEW FILE AS SELECT * FROM METADATA;
        CREATE TABLE VERSION (version TEXT, build_set TEXT); INSERT INTO VERSION VALUES ('2026.03.1', 'modern'); BEGIN`)
      for (let at = 1; at <= 5_000; at++) opened.run(INSERT, row(at))
      opened.exec('COMMIT')
    })
    const { entries, report } = await readWhole(file, { strict: true })
    expect(entries).toHaveLength(5_000)
    expect(entries[6]).toEqual({
      sha256: hex(7, 64).toLowerCase(),
      sha1: hex(7, 40).toLowerCase(),
      md5: hex(7, 32).toLowerCase(),
      label: 'file 7.dll',
    })
    expect(report).toMatchObject({
      format: 'rds',
      dialect: 'RDSv3, table METADATA',
      header: { name: 'NSRL RDS 2026.03.1', publisher: 'NIST' },
    })
  })

  it('of a minimal set is found by the names of its columns, in any order, table or view', async () => {
    const file = database('minimal.db', (opened) => {
      opened.exec(
        'CREATE TABLE base (m TEXT, s TEXT); CREATE VIEW Distinct_Hash AS SELECT m AS MD5, s AS SHA256 FROM base',
      )
      opened.run('INSERT INTO base VALUES (?, ?)', [hex(1, 32), hex(2, 64)])
    })
    const { entries, report } = await readWhole(file)
    expect(entries).toEqual([{ md5: hex(1, 32).toLowerCase(), sha256: hex(2, 64).toLowerCase() }])
    expect(report.dialect).toBe('RDSv3, view Distinct_Hash')
  })

  it('sets empty files aside, and loses rows that are no digests', async () => {
    const empty = ['', '', 'D41D8CD98F00B204E9800998ECF8427E', 'empty']
    const file = database('bad.db', (opened) => {
      opened.exec(`CREATE TABLE METADATA (${COLUMNS})`)
      for (const values of [
        empty,
        ['xyz', null, null, 'a'],
        [null, null, null, 'b'],
        [new Uint8Array(3), null, null, ''],
        row(1),
      ])
        opened.run(INSERT, values)
    })
    const { entries, report, problems } = await readWhole(file)
    expect(entries).toHaveLength(1)
    expect(report.setAside).toBe(1)
    expect(problems).toEqual([
      '2 sha256 is not 64 hex digits: "xyz"',
      '3 names no hash',
      '4 its sha256 is no text',
    ])
  })

  it('is read where nothing can be written beside it, and nothing is', async () => {
    const folder = path('read-only')
    mkdirSync(folder)
    const made = database('made.db', (opened) => {
      opened.exec(`CREATE TABLE FILE (${COLUMNS})`)
      opened.run(INSERT.replace('METADATA', 'FILE'), row(1))
    })
    const file = join(folder, 'set.db')
    writeFileSync(file, readFileSync(made))
    chmodSync(folder, 0o555)
    const reading = readWhole(file)
    expect((await reading).entries).toHaveLength(1)
    chmodSync(folder, 0o755)
    expect(readdirSync(folder)).toEqual(['set.db'])
  })

  it('that is damaged, cut short, something else, or a view without end is refused', async () => {
    const other = database('other.db', (opened) => opened.exec('CREATE TABLE notes (text TEXT)'))
    expect(await refusalOf(path('copy'), readFileSync(other))).toContain('is no RDSv3 set')
    const endless = database('endless.db', (opened) =>
      opened.exec(
        'CREATE VIEW FILE AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS sha256 FROM n',
      ),
    )
    expect(await refusalOf(path('copy'), readFileSync(endless))).toContain('is no RDSv3 set')
    const good = database('good.db', (opened) => {
      opened.exec(`CREATE TABLE METADATA (${COLUMNS}); BEGIN`)
      for (let at = 1; at <= 500; at++) opened.run(INSERT, row(at))
      opened.exec('COMMIT')
    })
    const bytes = readFileSync(good)
    expect(await refusalOf(path('copy'), bytes.subarray(0, 20_000))).toContain('the database cannot be read')
    expect(await refusalOf(path('copy'), Buffer.from(bytes).fill(0xff, 100, 4_000))).toContain(
      'cannot be read',
    )
    expect(await refusalOf(path('copy'), Buffer.from('PK\u0003\u0004'))).toContain('is a ZIP')
  })
})

describe('NSRLFile.txt', () => {
  const HEADER = '"SHA-1","MD5","CRC32","FileName","FileSize","ProductCode","OpSystemCode","SpecialCode"'
  const line = (at: number, name: string, special = ''): string =>
    `"${hex(at, 40)}","${hex(at, 32)}","00000000","${name}",12,34,"56","${special}"`

  it('gives the digests of every file, but for those that it marks as malicious', async () => {
    const { entries, report } = await readText(
      path('NSRLFile.txt'),
      `${HEADER}\n${line(1, 'a.dll')}\n${line(2, 'b', 'M')}\n`,
    )
    expect(report).toMatchObject({ format: 'rds-text', setAside: 1, problemsCount: 0 })
    expect(entries).toEqual([
      { sha1: hex(1, 40).toLowerCase(), md5: hex(1, 32).toLowerCase(), label: 'a.dll' },
    ])
  })
})
