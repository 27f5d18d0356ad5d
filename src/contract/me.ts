/** Me: what a key is told of itself. */
import Type, { type Static } from 'typebox'
import { SCOPES } from '#terms/client'
import { word } from './words.ts'

export const Me = Type.Object(
  {
    name: Type.String({ description: 'Whose key it is.' }),
    scopes: Type.Array(word(SCOPES, 'A scope.'), { description: 'What the key may do.' }),
  },
  { description: 'Who is asking.' },
)
export type Me = Static<typeof Me>
