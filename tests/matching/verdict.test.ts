import { orientations } from '@tutela/kernels/pdq'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judge, pdqQueries } from '#matching/verdict'
import { type HashKind, md5, ORIENTATIONS, sha1, sha256 } from '#terms/hash'
import type { Content, FileReading } from '#terms/media'
import { type Match, REASONS, type Reason } from '#terms/verdict'

const ALL = new Set<HashKind>(['md5', 'sha1', 'sha256', 'pdq'])
const DIGESTS = new Set<HashKind>(['md5', 'sha1', 'sha256'])
const NOTHING = { matches: [], more: false }
const MATCH: Match = { list: 'list.csv', entry: 1, basis: 'md5' }

function read(content: Content): FileReading {
  const digests = { md5: md5('0'.repeat(32)), sha1: sha1('0'.repeat(40)), sha256: sha256('0'.repeat(64)) }
  if (!digests.md5 || !digests.sha1 || !digests.sha256) throw new Error('zeros are hex')
  return {
    kind: 'read',
    digests: { bytes: 1, md5: digests.md5, sha1: digests.sha1, sha256: digests.sha256 },
    content,
  }
}

function picture(qualities: readonly number[], incomplete?: Reason): FileReading {
  const frames = qualities.map((quality, frame) => ({
    frame,
    region: 'whole' as const,
    quality,
    orientations: new Uint8Array(256),
  }))
  return read({
    kind: 'picture',
    format: 'png',
    width: 9,
    height: 9,
    frames,
    ...(incomplete && { incomplete }),
  })
}

describe('a verdict', () => {
  it('is match whatever else could not be checked', () => {
    const readings = [
      picture([100], 'truncated'),
      read({ kind: 'unknown', because: 'container' }),
      picture([3]),
    ]
    for (const reading of readings) {
      expect(judge(reading, ALL, { matches: [MATCH], more: false }).verdict).toBe('match')
    }
  })

  it('is never none when a reading has a reason and the lists call for PDQ', () => {
    const reason = fc.constantFrom(...REASONS)
    const reading = fc.oneof(
      reason.map((because) => read({ kind: 'unknown', because })),
      fc.tuple(fc.array(fc.nat(100)), reason).map(([qualities, because]) => picture(qualities, because)),
      fc.constantFrom('unreadable', 'permission', 'vanished').map((because) => ({
        kind: 'unread' as const,
        because: because as 'unreadable' | 'permission' | 'vanished',
      })),
    )
    fc.assert(
      fc.property(reading, (one) => {
        const judged = judge(one, ALL, NOTHING)
        expect(judged.verdict).toBe('unknown')
        expect(judged.because).toBeDefined()
      }),
    )
  })

  it('is unknown: plain when every frame is plain, and none when one of them is not', () => {
    expect(judge(picture([49, 0]), ALL, NOTHING)).toMatchObject({ verdict: 'unknown', because: 'plain' })
    expect(judge(picture([49, 50]), ALL, NOTHING).verdict).toBe('none')
    expect(judge(picture([]), ALL, NOTHING)).toMatchObject({ verdict: 'unknown', because: 'plain' })
  })

  it('of a file that can hold no picture rests on its digests', () => {
    const judged = judge(read({ kind: 'other' }), ALL, NOTHING)
    expect(judged).toEqual({ verdict: 'none', checked: ['md5', 'sha1', 'sha256'], matches: [], more: false })
  })

  it('asks no more of a picture than the lists call for', () => {
    expect(judge(picture([3], 'truncated'), DIGESTS, NOTHING)).toMatchObject({
      verdict: 'none',
      checked: ['md5', 'sha1', 'sha256'],
    })
    expect(judge(read({ kind: 'unknown', because: 'unsupported' }), DIGESTS, NOTHING).verdict).toBe('none')
  })

  it('of a container is unknown even when only digests are called for: its files have digests of their own', () => {
    for (const because of ['container', 'encrypted'] as const) {
      expect(judge(read({ kind: 'unknown', because }), DIGESTS, NOTHING)).toMatchObject({
        verdict: 'unknown',
        because,
      })
    }
  })

  it('says that PDQ was checked only when something was searched', () => {
    expect(judge(picture([50]), ALL, NOTHING).checked).toContain('pdq')
    expect(judge(picture([49]), ALL, NOTHING).checked).not.toContain('pdq')
  })
})

describe('the queries of a picture', () => {
  it('name the orientations in the order in which the kernel gives them', () => {
    expect(ORIENTATIONS).toEqual(orientations)
  })

  it('are eight for each region that is not plain', () => {
    const reading = picture([50, 49, 100])
    if (reading.kind !== 'read') throw new Error('it was read')
    const queries = pdqQueries(reading.content)
    expect(queries).toHaveLength(16)
    expect(new Set(queries.map((query) => query.frame))).toEqual(new Set([0, 2]))
  })
})
