import { describe, expect, it } from 'vitest'
import { testFolder } from '../folder.ts'
import { readText, refusalOf } from '../written.ts'

const path = testFolder()
const list = path('list')
const M = '0cc175b9c0f1b6a831c399e269772661'
const P = 'f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22'

describe('a local file of python-threatexchange', () => {
  it('gives a hash a line, and carries those of videos that are not checked here', async () => {
    const text = `pdq ${P}\nvideo_md5 ${M}\n\nHASH_MD5 ${M}\nvpdq [{"pdq": "${P}", "timestamp": 0}]\n`
    const { entries, report } = await readText(list, text, { strict: true })
    expect(report).toMatchObject({ format: 'local-file', counts: { pdq: 1, md5: 2, uncheckable: 1 } })
    expect(entries).toEqual([
      { pdq: P, media: 'image' },
      { md5: M, media: 'video' },
      { md5: M },
      {
        key: expect.stringMatching(/^vpdq:[0-9a-f]{64}$/),
        media: 'video',
        extra: { 'local-file': { type: 'vpdq', signal: `[{"pdq": "${P}", "timestamp": 0}]` } },
      },
    ])
  })

  it('loses lines of other kinds, and hashes that are none', async () => {
    const { problems } = await readText(list, `pdq ${P}\npdq xyz\nurl http://example.org\nhello\n`)
    expect(problems).toEqual([
      'line 2 pdq is not 64 hex digits: "xyz"',
      'line 3 "url" is no kind of hash that is known here',
      'line 4 is no kind of signal and a signal: "hello"',
    ])
  })
})

describe('a .te cache', () => {
  it('is read in both variants, its kind told by its name', async () => {
    const old = await readText(
      path('simple.HASH_PDQ.te'),
      `${P},2001,2020-07-31T18:47:45+0000,media_priority_s1 tag\n${P},2002,,\n`,
      { strict: true },
    )
    expect(old.report.format).toBe('te')
    expect(old.entries).toEqual([
      {
        pdq: P,
        media: 'image',
        extra: {
          te: {
            descriptorId: '2001',
            added: '2020-07-31T18:47:45+0000',
            labels: ['media_priority_s1', 'tag'],
          },
        },
      },
      { pdq: P, media: 'image', extra: { te: { descriptorId: '2002' } } },
    ])
    const hma = await readText(path('simple.HASH_VIDEO_MD5.te'), `${M},1001,2001,x,"a b"\n`, { strict: true })
    expect(hma.entries).toEqual([
      {
        md5: M,
        media: 'video',
        extra: { te: { indicatorId: '1001', descriptorId: '2001', added: 'x', labels: ['a', 'b'] } },
      },
    ])
  })

  it('whose name does not say what it holds is refused until someone says so', async () => {
    expect(await refusalOf(list, `${P},2001,,\n`)).toContain('may be SHA-256 or PDQ')
    expect((await readText(list, `${P},2001,,\n`, { assume: 'pdq' })).entries).toMatchObject([{ pdq: P }])
    expect((await readText(list, `${M},2001,,\n`)).entries).toMatchObject([{ md5: M }])
  })

  it('loses rows of another width and indicators that are no hash', async () => {
    const { problems } = await readText(list, `${M},2001,,\n${M},1,2001,,\n${M.slice(1)},2001,,\n`)
    expect(problems).toEqual([
      'line 2 has 5 cells where the first row has 4',
      `line 3 is no hash: "${M.slice(1, 25)}…"`,
    ])
  })
})

describe('the CSV that the tools of ThreatExchange write', () => {
  it('holds PDQ hashes, and those of too plain pictures are left out', async () => {
    const { entries, report, problems } = await readText(
      list,
      `hash,quality,filename\n${P},100,a.png\n${P},49,b.png\n`,
    )
    expect(report).toMatchObject({ format: 'csv', unknownColumns: [] })
    expect(entries).toEqual([{ pdq: P, label: 'a.png' }])
    expect(problems).toEqual(['line 3 its quality is below 50: it would match plain pictures'])
  })
})
