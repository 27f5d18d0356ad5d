import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openKnown } from '#workflow/known'
import { testFolder } from '../lists/folder.ts'

const path = testFolder()
const hex = (at: number, digits: number): string => at.toString(16).padStart(digits, '0')
const OPTIONS = { distanceMax: 31 }

describe('the lists of a scan', () => {
  it('are asked without the entries whose categories say that they mean nothing', async () => {
    const context = 'http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/Default/$metadata#Media'
    const value = [0, 1, 2, 4, null].map((Category, at) => ({ MD5: hex(at + 1, 32), Category }))
    const file = path('set.json')
    writeFileSync(file, JSON.stringify({ '@odata.context': context, value }))
    const unstated = await openKnown([file], OPTIONS)
    expect(unstated.indexes[0]?.entries).toBe(5)
    const stated = await openKnown([file], { ...OPTIONS, scheme: 'vics-us' })
    expect(stated.indexes[0]?.entries).toBe(3)
    expect(stated.reports[0]).toMatchObject({ setAside: 2, info: { entries: 3 } })
  })

  it('are none that name files which are known to be good', async () => {
    const file = path('NSRLFile.txt')
    const header = '"SHA-1","MD5","CRC32","FileName","FileSize","ProductCode","OpSystemCode","SpecialCode"'
    writeFileSync(file, `${header}\n"${hex(1, 40)}","${hex(1, 32)}","00000000","a",1,1,"1",""\n`)
    await expect(openKnown([file], OPTIONS)).rejects.toMatchObject({
      code: 'list.invalid',
      message: expect.stringContaining('known to be good'),
    })
  })
})
