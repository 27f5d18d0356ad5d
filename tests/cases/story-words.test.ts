/** Story words: the story of a case tells a second voter nothing of the first vote. */
import { expect, test } from 'vitest'
import { storyParticulars } from '#cases/story-words'

test('neither a grade nor what it rests on is told before the item is decided', () => {
  const grades = [{ scheme: 'uk-sentencing', category: 'A' }]
  const body = { round: 1, vote: 'w-0000000000000001', grades, basis: 'full', forStack: false }
  const voted = { kind: 'case-item.voted', body }
  expect(storyParticulars(voted, false)).toEqual(['round: 1'])
  expect(storyParticulars(voted, true)).toEqual(['round: 1', 'rests on: full'])
})
