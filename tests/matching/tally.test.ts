import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Tally } from '#matching/tally'
import type { ScanLine, Scanned } from '#terms/scan'
import { REASONS } from '#terms/verdict'

const FRAME = {
  lists: [{ file: 'list.csv', entries: 1, sha256: 'a'.repeat(64), date: '2026-01-02T00:00:00.000Z' }],
  uncheckableEntries: 0,
  badLines: 0,
  paths: ['x'],
  terms: { distanceMax: 31, excluded: [], oneFileSystem: false },
  stated: { role: '', purpose: '' },
  sandbox: { asked: 'off', measures: [], words: '' },
  startedAt: '',
  version: '',
  seconds: 1,
} as unknown as Parameters<Tally['summary']>[0]

const line: fc.Arbitrary<ScanLine> = fc.oneof(
  fc.constantFrom('match' as const, 'none' as const, 'unknown' as const).chain((verdict) =>
    fc.constantFrom(...REASONS).map((because) => ({
      kind: 'file' as const,
      file: 'x',
      verdict,
      checked: [],
      matches: verdict === 'match' ? [{ list: 'l', entry: 1, basis: 'md5' as const }] : [],
      ...(verdict === 'unknown' && { because }),
    })),
  ),
  fc.constant({ kind: 'folder', file: 'x', verdict: 'unknown', because: 'permission' } as const),
  fc.constant({ kind: 'skipped', file: 'x', because: 'socket' } as const),
)

describe('a tally', () => {
  it('counts every file once, and every unknown with its reason', () => {
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const tally = new Tally()
        for (const one of lines) tally.add({ line: one, root: 0, bytes: 7 } satisfies Scanned)
        const summary = tally.summary(FRAME)
        expect(summary.match + summary.none + summary.unknown).toBe(summary.files)
        expect(summary.files).toBe(lines.filter((one) => one.kind === 'file').length)
        expect(summary.bytes).toBe(summary.files * 7)
        const reasons = Object.values(summary.because).reduce((sum, count) => sum + count, 0)
        expect(reasons).toBe(summary.unknown)
      }),
    )
  })

  it('counts a file once for each category, and by its strongest basis', () => {
    const tally = new Tally()
    const matches = [
      { list: 'l', entry: 1, basis: 'pdq' as const, category: 'A' },
      { list: 'l', entry: 2, basis: 'sha1' as const, category: 'A' },
      { list: 'l', entry: 3, basis: 'md5' as const },
    ]
    tally.add({
      line: { kind: 'file', file: 'x', verdict: 'match', checked: [], matches },
      root: 0,
      bytes: 0,
    })
    const summary = tally.summary(FRAME)
    expect(summary.categories).toEqual({ A: 1, 'none stated': 1 })
    expect(summary.bases).toEqual({ sha1: 1 })
  })

  it('does not let a list with endless categories fill the memory', () => {
    const tally = new Tally()
    for (let number = 0; number < 3000; number++) {
      const matches = [{ list: 'l', entry: 1, basis: 'md5' as const, category: `c${number}` }]
      tally.add({
        line: { kind: 'file', file: 'x', verdict: 'match', checked: [], matches },
        root: 0,
        bytes: 0,
      })
    }
    expect(Object.keys(tally.summary(FRAME).categories)).toHaveLength(1001)
    expect(tally.summary(FRAME).categories['other categories']).toBe(2000)
  })

  it('says what none means, with the date of each list and the distance', () => {
    const { noneMeans } = new Tally().summary(FRAME)
    expect(noneMeans).toContain('list.csv (2026-01-02)')
    expect(noneMeans).toContain('31')
  })
})
