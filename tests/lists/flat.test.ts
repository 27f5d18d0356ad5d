import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { NCMEC_NAMESPACE } from '#lists/ncmec/page'
import { readList } from '#lists/read'
import { heapInUse } from './collected.ts'
import { testFolder } from './folder.ts'

const path = testFolder()
const LINES = 40_000

const hash = (at: number): string => at.toString(16).padStart(40, '0')
const WAYS = {
  plain: (at: number) => `${hash(at)}\n`,
  csv: (at: number) => `${at === 0 ? 'sha1,label\n' : ''}${hash(at)},item ${at}\n`,
  jsonl: (at: number) => `{"sha1":"${hash(at)}","label":"item ${at}"}\n`,
  vics: (at: number) =>
    `${at === 0 ? '{"value":[' : ',\n'}{"MD5":"${hash(at).slice(8)}","Tags":"item ${at}"}${at === LINES - 1 ? ']}' : ''}`,
  ncmec: (at: number) =>
    [
      at === 0 ? `<queryResult xmlns="${NCMEC_NAMESPACE}"><images>` : '',
      `<image><member id="1">m</member><id>${at}</id><timestamp>2026-01-01T00:00:00Z</timestamp>`,
      `<fingerprints><sha1>${hash(at)}</sha1></fingerprints></image>`,
      at === LINES - 1 ? '</images></queryResult>' : '',
    ].join(''),
}

describe('a long list', () => {
  it.each(Object.entries(WAYS))(
    'takes no more memory at its end than at its beginning, as %s',
    async (format, line) => {
      const file = path(format)
      writeFileSync(file, Array.from({ length: LINES }, (_, at) => line(at)).join(''))
      const reading = readList(file)
      let entries = 0
      let atFirst = 0
      let atLast = 0
      for await (const batch of reading.entries) {
        entries += batch.length
        if (atFirst === 0) atFirst = heapInUse()
        else atLast = entries === LINES ? heapInUse() : 0
      }
      expect(reading.report()).toMatchObject({ format, info: { entries: LINES }, problemsCount: 0 })
      expect(entries).toBe(LINES)
      expect(atLast - atFirst).toBeLessThan(4_000_000)
      expect(atLast).toBeGreaterThan(0)
    },
  )
})
