/** Keys seen: none that came twice is missed, and those of a real list are not taken for one another. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KeysSeen } from '#store/keys-seen'

test('says that a key may have come twice exactly where one did', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 200 }), (keys) => {
      const seen = new KeysSeen()
      for (const key of keys) seen.add(key)
      expect(seen.mayRepeat).toBe(new Set(keys).size < keys.length)
    }),
  )
})

test('tells two hundred thousand digests apart, and finds the one that comes again', () => {
  const seen = new KeysSeen()
  const keyOf = (number: number): string => `sha1:${createHash('sha1').update(String(number)).digest('hex')}`
  for (let number = 0; number < 200_000; number++) seen.add(keyOf(number))
  expect(seen.mayRepeat).toBe(false)
  seen.add(keyOf(77_777))
  expect(seen.mayRepeat).toBe(true)
})
