/** Filled: registers of some size, and what to ask of them. */
import { random } from '@tutela/kernels/random'
import type { Fingerprint } from '#terms/lookup'
import { MemoryRegister, type Put } from './register.ts'

/** A PDQ hash of its own for each place, none near another. */
export function farHash(place: number): string {
  const from = random(place + 1)
  return Array.from({ length: 8 }, () => from.uint32().toString(16).padStart(8, '0')).join('')
}

/** Asks for the hash of a place. */
export function pdqFingerprint(...places: number[]): Fingerprint {
  const asked = places.map((place) => Buffer.from(farHash(place), 'hex'))
  return { digests: {}, pdq: asked.map((hash) => ({ frame: 0, region: 'whole', orientation: 'orig', hash })) }
}

export function putAt(place: number): Put {
  const pdq = farHash(place)
  const digests = { md5: pdq.slice(0, 32), sha1: pdq.slice(0, 40), sha256: pdq }
  return { key: `k${place}`, categories: { c: [String(place % 3)] }, hashes: { ...digests, pdq } }
}

/** A register of one list with so many entries, one of them judged. */
export function filled(entries: number): MemoryRegister {
  const register = new MemoryRegister()
  register.batchRows = 1_000
  register.createList(1)
  const puts = Array.from({ length: entries }, (_, place) => putAt(place))
  register.apply(1, puts)
  register.judge(register.versions[0]?.entry ?? 0, { disabledUntil: Number.POSITIVE_INFINITY })
  return register
}
