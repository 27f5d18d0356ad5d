/** Merged: entries with every kind of hash, and a change of them that gives a merge something to do. */
import { md5, pdqHash, sha1, sha256 } from '#terms/hash'
import type { EntryStep } from '#terms/register'
import { putAt } from './filled.ts'

/** An entry with a place's hashes. */
export function stepAt(place: number): EntryStep {
  const { hashes } = putAt(place)
  const parsed = {
    md5: md5(hashes.md5 ?? ''),
    sha1: sha1(hashes.sha1 ?? ''),
    sha256: sha256(hashes.sha256 ?? ''),
    pdq: pdqHash(hashes.pdq ?? ''),
  }
  const known = Object.fromEntries(Object.entries(parsed).filter(([, hash]) => hash !== undefined))
  return { kind: 'put', entry: { key: `k${place}`, ...known } }
}

/** Adds places from 400 to 699 and withdraws those from 0 to 99. */
export function laterSteps(): EntryStep[] {
  const added = Array.from({ length: 300 }, (_, at) => stepAt(400 + at))
  const gone = Array.from(
    { length: 100 },
    (_, at): EntryStep => ({
      kind: 'withdraw',
      key: `k${at}`,
      because: 'mistaken',
    }),
  )
  return [...added, ...gone]
}
