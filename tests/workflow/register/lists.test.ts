/** Lists of the register: files brought in and given out, as their terms, kinds and bounds permit. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openIndex } from '#index/file'
import { judge } from '#store/judgements'
import { listNamed, setTerms } from '#store/lists'
import type { ListEntry } from '#terms/list'
import { exportList, listEntry } from '#workflow/register/export'
import { type ImportAsked, importList, stepOf } from '#workflow/register/import'
import { indexOf } from '#workflow/register/index-of'
import { temporaryFolder } from '../../support/folder.ts'
import {
  commitAt,
  databaseOfFile,
  madeList,
  md5Of,
  numbered,
  pdqOf,
  put,
  sha1Of,
  sha256Of,
  signed,
  type TestList,
} from '../../support/register.ts'

const file = databaseOfFile()

const A = '0cc175b9c0f1b6a831c399e269772661'
const B = '92eb5ffee6ae2fec3ad71c777531578f'

async function listFile(text: string, name = 'in.csv'): Promise<string> {
  const path = join(await temporaryFolder(), name)
  await writeFile(path, text)
  return path
}

const brought = (list: TestList, path: string, asked: Partial<ImportAsked> = {}) =>
  importList(
    file.database,
    {
      file: path,
      into: list.name,
      isWhole: false,
      isDryRun: false,
      isBeyondBounds: false,
      reading: {},
      skipped: [],
      ...asked,
    },
    signed,
  )

describe('import', () => {
  test('codes without a scheme are of the list, or else of its publisher', async () => {
    const [us, none] = [await madeList(file.database, { scheme: 'vics-us' }), await madeList(file.database)]
    const path = await listFile(`md5,category\n${A},2\n`)
    for (const list of [us, none]) await brought(list, path)
    expect(await us.entries()).toMatchObject([{ categories: { 'vics-us': ['2'] } }])
    expect(await none.entries()).toMatchObject([{ categories: { publisher: ['2'] } }])
  })

  test('harmless files do not get onto a list that alerts, nor grave ones onto a list that silences', async () => {
    const alert = await madeList(file.database, { scheme: 'vics-us' })
    const good = await madeList(file.database, { scheme: 'vics-us', kind: 'known-good' })
    const value = [
      { MediaID: 1, Category: 0, MD5: A },
      { MediaID: 2, Category: 1, MD5: B },
    ]
    const context = 'http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media'
    const path = await listFile(JSON.stringify({ '@odata.context': context, value }), 'set.json')
    expect(await brought(alert, path)).toMatchObject({ applied: { added: 1 }, report: { setAside: 1 } })
    expect(await alert.entries()).toMatchObject([{ md5: B }])
    expect(await brought(good, path)).toMatchObject({ applied: { added: 1 }, report: { setAside: 1 } })
    expect(await good.entries()).toMatchObject([{ md5: A }])
  })

  test('a file that would shrink a list to less than half is held, unless that is meant', async () => {
    const list = await madeList(file.database)
    const four = [1, 2, 3, 4].map((number) => `${md5Of(number)}\n`).join('')
    await brought(list, await listFile(`md5\n${four}`))
    const one = await listFile(`md5\n${A}\n`)
    const held = brought(list, one, { isWhole: true })
    await expect(held).rejects.toMatchObject({
      code: 'register.held',
      message: expect.stringContaining('4 withdrawn of 4'),
    })
    expect(await list.entries()).toHaveLength(4)
    const meant = await brought(list, one, { isWhole: true, isBeyondBounds: true })
    expect(meant.applied).toMatchObject({ kind: 'replace', added: 1, withdrawn: 4 })
  })

  test('a bad line under strict, and a file that ends in the middle, leave the list as it was', async () => {
    const list = await madeList(file.database)
    const bad = brought(list, await listFile(`md5\n${A}\nxyz\n`), { reading: { strict: true } })
    await expect(bad).rejects.toMatchObject({ code: 'list.invalid' })
    const cut = await listFile(
      `{"odata.metadata":"x/DataModels/1.3.xml#Media","value":[{"MD5":"${A}"},{"MD5":`,
      'a.json',
    )
    await expect(brought(list, cut)).rejects.toMatchObject({ code: 'list.invalid' })
    expect(await list.entries()).toEqual([])
  })
})

describe('export', () => {
  test('what a list says comes back from its file as it was, in a format that carries it', async () => {
    const list = await madeList(file.database, { uses: ['export'], scheme: 'vics-us' })
    await list.apply([
      put({ key: 'one', md5: md5Of(1), sha1: sha1Of(1), pdq: pdqOf(1), label: 'a, "b"\tc', source: 's' }),
      put({
        key: 'two',
        md5: md5Of(2),
        photodna: '1,2,3',
        trust: 'disputed',
        categories: { 'vics-us': ['1', '2'] },
      }),
      put({
        md5: md5Of(3),
        categories: { 'vics-us': ['2'], 'ncmec-industry': ['A1'] },
        extra: { vics: { Tags: 'é' } },
      }),
    ])
    const to = join(await temporaryFolder(), 'out.jsonl')
    const report = await exportList(file.database, {
      list: list.name,
      file: to,
      format: 'jsonl',
      options: {},
    })
    expect(report).toMatchObject({ entries: 3, lostFields: {}, lostEntries: 0 })
    const back = await brought(list, to, { isWhole: true })
    expect(back.applied).toMatchObject({ kind: 'unchanged', unchanged: 3 })
  })

  test('is refused where the terms do not permit it, and then leaves no file', async () => {
    const list = await madeList(file.database, { uses: ['gate', 'scan'] })
    const to = join(await temporaryFolder(), 'out.csv')
    const asked = { list: list.name, file: to, format: 'csv', options: {} } as const
    await expect(exportList(file.database, asked)).rejects.toMatchObject({ code: 'register.refused' })
    await expect(readFile(to)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('gives the list as it was on a date, by the terms of today', async () => {
    const list = await madeList(file.database, { uses: ['export'] })
    const on = (day: string) => ({ signed: { ...signed, at: new Date(day) } })
    await list.apply([put({ md5: md5Of(1) })], on('2026-02-01'))
    await list.apply([put({ md5: md5Of(2) })], { ...on('2026-03-01'), whole: true })
    await commitAt(file.database, list.id)
    const to = join(await temporaryFolder(), 'out.txt')
    const asked = {
      list: list.name,
      file: to,
      format: 'plain',
      options: {},
      at: new Date('2026-02-15'),
    } as const
    expect(await exportList(file.database, asked)).toMatchObject({ entries: 1 })
    expect(await readFile(to, 'utf8')).toContain(md5Of(1))
    const now = await listNamed(file.database, list.name)
    await file.database.transaction((tx) => setTerms(tx, now, { uses: ['gate'] }, signed))
    const again = exportList(file.database, { ...asked, options: { overwrite: true } })
    await expect(again).rejects.toMatchObject({ code: 'register.refused' })
  })
})

test('a list becomes an index for scans where its terms permit that, without what its keeper judged', async () => {
  const list = await madeList(file.database, { uses: ['scan'] })
  await list.apply([numbered(1), numbered(2, { label: 'two' }), numbered(3, { trust: 'false-positive' })])
  const { entry } = await list.entry('k1')
  const judged = { disabledUntil: new Date('2026-05-01'), because: 'x' } as const
  await file.database.transaction((tx) => judge(tx, entry, judged, signed))
  const asked = {
    list: list.name,
    file: join(await temporaryFolder(), 'l.tix'),
    distanceMax: 31,
    overwrite: true,
  }
  const made = (day: string) => indexOf(file.database, asked, new Date(day))
  expect(await made('2026-04-01')).toMatchObject({ entries: 1, silenced: 2 })
  const index = await openIndex(asked.file)
  expect(index.lists).toMatchObject([{ file: list.name, entries: 1 }])
  const digests = { md5: md5Of(2), sha1: sha1Of(0), sha256: sha256Of(0) }
  expect(index.digestHits(digests, 10).hits.map((hit) => index.entry(hit.entry))).toMatchObject([
    { label: 'two' },
  ])
  expect(await made('2026-06-01')).toMatchObject({ entries: 2, silenced: 1 })
  const now = await listNamed(file.database, list.name)
  await file.database.transaction((tx) => setTerms(tx, now, { uses: ['gate'] }, signed))
  await expect(made('2026-06-01')).rejects.toMatchObject({ code: 'register.refused' })
})

test('an entry of a list file is the same after it was a step and a record', () => {
  const entry: ListEntry = {
    md5: md5Of(1),
    key: 'x',
    category: '1',
    categories: { 'vics-us': ['1'], 'uk-sentencing': ['A'] },
    trust: 'reported',
    media: 'video',
    extra: { vics: { Series: '' } },
  }
  const step = stepOf(entry, 'vics-us')
  if (step.kind !== 'put') throw new Error('no put')
  const { key = '', categories = {}, trust = 'confirmed', ...same } = step.entry
  const record = { row: 1, entry: 1, list: 1, since: 1, key, categories, trust, ...same }
  const list = { scheme: 'vics-us', trust: 'confirmed' } as Parameters<typeof listEntry>[1]
  expect(listEntry(record, list, 'jsonl')).toEqual(entry)
  expect(stepOf({ ...entry, deleted: true }, 'vics-us')).toMatchObject({ kind: 'withdraw', key: 'x' })
})
