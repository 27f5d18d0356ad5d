/** Once: a word hidden in each form, so that a form sent twice is one report, and one that was never asked for is none. */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { PersonKeys } from '#ground/person-keys'

const NONCE_BYTES = 16
const MARK_CHARACTERS = 22
const HOURS = 24
const HOUR_MILLISECONDS = 3_600_000
const FORM = /^([A-Za-z0-9_-]{22})\.([0-9a-z]{1,10})\.([A-Za-z0-9_-]{22})$/

/** A word for a form that is given out now. */
export function onceWord(keys: PersonKeys, now: Date): string {
  const nonce = randomBytes(NONCE_BYTES).toString('base64url')
  const at = Math.floor(now.getTime() / 1000).toString(36)
  return `${nonce}.${at}.${mark(keys, nonce, at)}`
}

/** What a form that was given out here is called; undefined for another, and one that was open too long. */
export function formId(keys: PersonKeys, untrustedWord: string, now: Date): string | undefined {
  const [, nonce = '', at = '', said = ''] = FORM.exec(untrustedWord) ?? []
  const isOurs = said !== '' && timingSafeEqual(Buffer.from(said), Buffer.from(mark(keys, nonce, at)))
  const age = now.getTime() - Number.parseInt(at, 36) * 1000
  return isOurs && age < HOURS * HOUR_MILLISECONDS ? `form:${nonce}` : undefined
}

function mark(keys: PersonKeys, nonce: string, at: string): string {
  return keys.digest('once', `${nonce}.${at}`).toString('base64url').slice(0, MARK_CHARACTERS)
}
