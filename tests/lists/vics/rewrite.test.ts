import { readFileSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { valueSpans, withMembers } from '#lists/vics/members'
import { type ReviewOf, rewriteVics } from '#lists/vics/rewrite'
import { Fault } from '#terms/fault'
import { testFolder } from '../folder.ts'

const path = testFolder()
const A = '0cc175b9c0f1b6a831c399e269772661'
const B = '92eb5ffee6ae2fec3ad71c777531578f'

async function rewritten(text: string, review: ReviewOf): Promise<string> {
  writeFileSync(path('from.json'), text)
  await rewriteVics(path('from.json'), path('to.json'), review, { overwrite: true })
  return readFileSync(path('to.json'), 'utf8')
}

const anyObject = fc.object({
  key: fc.oneof(fc.string({ maxLength: 5 }), fc.constantFrom('Tags', '"', 'a"b', '\\')),
  maxDepth: 2,
  values: [fc.string(), fc.integer(), fc.constant(null), fc.constantFrom('},{', '"Tags":', '\\')],
})

describe('a document that is rewritten after a review', () => {
  const CASES = `{ "odata.metadata":"x/1.3.xml#Cases",  "value" : [
    {"CaseID":"1","TotalPrecategorized": 9 ,"Media":[ {"MD5":"${A}", "Big":12345678901234567890, "n":1.0 },
       {"MD5":"${B}","Category": 1 ,"IsPrecategorized":"true","Tags":"old"} ],"Vendor":{"TotalPrecategorized":7}},
    {"Media":[],"TotalPrecategorized":5},{"CaseID":"3"} ] }`

  it('differs in what the review changed and in the totals of its cases, and in no other byte', async () => {
    const changed = await rewritten(CASES, (media) =>
      media['MD5'] === A ? { Category: 2, IsPrecategorized: true } : { Tags: 'ä "new"', Category: null },
    )
    expect(changed).toBe(
      CASES.replace('"TotalPrecategorized": 9 ', '"TotalPrecategorized": 2 ')
        .replace('"n":1.0 }', '"n":1.0 ,"Category":2,"IsPrecategorized":true}')
        .replace('"Category": 1 ', '"Category": null ')
        .replace('"Tags":"old"', '"Tags":"ä \\"new\\""')
        .replace('"TotalPrecategorized":5', '"TotalPrecategorized":0'),
    )
  })

  it('is the same to the last byte when the review changes nothing, whatever its shape', async () => {
    const anyDocument = fc
      .tuple(fc.array(anyObject), fc.constantFrom(undefined, 2))
      .map(([value, indent]) => {
        const media = value.filter((one) => !('Media' in one))
        return JSON.stringify({ value: media, Other: { Media: [1] } }, null, indent)
      })
    await fc.assert(
      fc.asyncProperty(anyDocument, async (text) => {
        expect(await rewritten(text, () => undefined)).toBe(text)
      }),
      { numRuns: 40 },
    )
  })

  it('that is cut short is not written at all', async () => {
    writeFileSync(path('cut.json'), CASES.slice(0, -9))
    await expect(rewriteVics(path('cut.json'), path('none.json'), () => undefined)).rejects.toBeInstanceOf(
      Fault,
    )
    expect(() => readFileSync(path('none.json'))).toThrow('ENOENT')
  })

  it('changes no member but those that a review may change', async () => {
    await expect(rewritten(CASES, () => ({ MD5: B }) as never)).rejects.toThrow(TypeError)
  })
})

describe('the members of an object', () => {
  it('are found where they stand, and changed as if the object had been', () => {
    fc.assert(
      fc.property(anyObject, fc.constantFrom(undefined, 1), fc.jsonValue(), (object, indent, tags) => {
        const text = JSON.stringify(object, null, indent)
        const bytes = Buffer.from(text)
        const parsed = JSON.parse(text) as Record<string, unknown>
        const found = valueSpans(bytes).map(({ name, start, end }) => [
          name,
          JSON.parse(bytes.toString('utf8', start, end)),
        ])
        expect(Object.fromEntries(found)).toEqual(parsed)
        const changed = withMembers(bytes, { Tags: tags, Comments: 'x' })
        expect(JSON.parse(changed.toString())).toEqual(
          JSON.parse(JSON.stringify({ ...parsed, Tags: tags, Comments: 'x' })),
        )
      }),
      { numRuns: 200 },
    )
  })
})
