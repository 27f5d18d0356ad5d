/** Evidence: the words that are common to what is asked and told of items of the vault. */
import Type from 'typebox'
import { PURPOSES } from '#terms/people'
import { word } from './words.ts'

export const closed = { additionalProperties: false } as const
export const ItemIdText = Type.Unsafe<`v-${string}`>({
  type: 'string',
  pattern: '^v-[0-9a-z]{16}$',
  description: 'An item of the vault.',
})
export const CaseNumber = Type.String({ pattern: '^[A-Za-z0-9_./-]{1,100}$', description: 'A case.' })
export const PurposeWord = word(PURPOSES, 'What for.')
export const Words = Type.String({ minLength: 1, maxLength: 2000 })
