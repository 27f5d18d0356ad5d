/** Ask a service: what of a file is sent, and what is made of the answer. */
import { describe, expect, test } from 'vitest'
import type { Content } from '#terms/media'
import { itemOf, joined } from '#workflow/ask-service'

const OTHER: Content = { kind: 'other' }
const PICTURE = { kind: 'picture', format: 'png', width: 1, height: 1, frames: [] } as const

describe('what a service is asked of a file', () => {
  test('is its digests and all eight orientations of each region', () => {
    const orientations = Uint8Array.from({ length: 256 }, (_, at) => at >> 5)
    const frames = [{ frame: 0, region: 'whole', quality: 99, orientations }] as const
    const digests = { bytes: 1, md5: 'm', sha1: 's', sha256: 't' } as never
    const { pdq } = itemOf({ kind: 'read', digests, content: { ...PICTURE, frames } })
    expect(pdq?.map(({ hash }) => hash.slice(0, 2))).toEqual(['00', '01', '02', '03', '04', '05', '06', '07'])
    expect(new Set(pdq?.map(({ orientation }) => orientation)).size).toBe(8)
  })
})

describe('what is made of the answer', () => {
  test('a file that holds no picture lacks no picture hash', () => {
    expect(joined({ verdict: 'unknown', because: 'not-given' }, OTHER)).toEqual({ verdict: 'none' })
  })

  test('a picture that could not be hashed whole is unknown, whatever the service did not find', () => {
    const cut = { ...PICTURE, incomplete: 'truncated' } as const
    expect(joined({ verdict: 'none' }, cut)).toEqual({ verdict: 'unknown', because: 'truncated' })
    const unsupported: Content = { kind: 'unknown', because: 'unsupported' }
    expect(joined({ verdict: 'none' }, unsupported)).toEqual({ verdict: 'unknown', because: 'unsupported' })
  })

  test('a match stays one, and the service is believed when it cannot say', () => {
    const cut = { ...PICTURE, incomplete: 'truncated' } as const
    expect(joined({ verdict: 'match' }, cut)).toEqual({ verdict: 'match' })
    expect(joined({ verdict: 'unknown', because: 'no-list' }, OTHER)).toEqual({
      verdict: 'unknown',
      because: 'no-list',
    })
  })
})
