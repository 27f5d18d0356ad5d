import { describe, expect, it } from 'vitest'
import { testFolder } from './folder.ts'
import { readText, refusalOf } from './written.ts'

const list = testFolder()('list')
const A = '0cc175b9c0f1b6a831c399e269772661'
const S1 = '86f7e437faa5a7fce15d1ddce9eaeaea377667b8'
const HEADER =
  'MD5;SHA1;PhotoDNA;Image ID;Is distributed;Victim identified;Offender identified;Series name;' +
  'Number of submissions;File Available;Media Type;Baseline'
const DNA = 'ab'.repeat(144)

describe('an ICSE export', () => {
  it('gives digests, PhotoDNA, the baseline as a category, and every other cell', async () => {
    const text = `${HEADER}\r\n${A.toUpperCase()};${S1};${DNA};77;yes;False;0;"A; series";3;1;Image;TRUE\r\n${A};;;;;;;;;;;\r\n`
    const { entries, report } = await readText(list, text, { strict: true })
    expect(report.format).toBe('icse')
    expect(entries).toEqual([
      {
        key: A,
        md5: A,
        sha1: S1,
        photodna: DNA,
        media: 'image',
        categories: { 'interpol-baseline': ['true'] },
        extra: {
          icse: {
            'Image ID': '77',
            'Is distributed': 'yes',
            'Victim identified': 'False',
            'Offender identified': '0',
            'Series name': 'A; series',
            'Number of submissions': '3',
            'File Available': '1',
            'Media Type': 'Image',
            Baseline: 'TRUE',
          },
        },
      },
      { key: A, md5: A },
    ])
  })

  it('loses rows without an MD5, of another width, and with answers that are none', async () => {
    const rows = [
      `;${S1};;;;;;;;;;`,
      `${A};`,
      `${A};;;;maybe;;;;;;;`,
      'd41d8cd98f00b204e9800998ecf8427e;;;;;;;;;;;',
    ]
    const { problems } = await readText(list, `${HEADER}\n${rows.join('\n')}\n${A};;;;;;;;;;;\n`)
    expect(problems).toEqual([
      'line 2 has no MD5',
      'line 3 has 2 cells where the header has 12',
      'line 4 its Is distributed is neither yes nor no: "maybe"',
      'line 5 its md5 is that of an empty file',
    ])
  })

  it('has that header and no other', async () => {
    const other = HEADER.replace('Baseline', 'Base')
    expect(await refusalOf(list, `${other}\n${A};;;;;;;;;;;\n`, { format: 'icse' })).toContain(
      'line 1: the header is not that of an ICSE export',
    )
  })
})
