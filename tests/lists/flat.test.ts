import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readList } from '#lists/read'
import { heapInUse } from './collected.ts'
import { testFolder } from './folder.ts'

const path = testFolder()
const LINES = 200_000

const hash = (at: number): string => at.toString(16).padStart(40, '0')
const WAYS = {
  plain: (at: number) => `${hash(at)}\n`,
  csv: (at: number) => `${at === 0 ? 'sha1,label\n' : ''}${hash(at)},item ${at}\n`,
  jsonl: (at: number) => `{"sha1":"${hash(at)}","label":"item ${at}"}\n`,
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
