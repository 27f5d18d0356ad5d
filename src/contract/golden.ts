/** Golden: sets of generated pictures whose answer is known, as they are asked for and told. */
import Type, { type Static } from 'typebox'
import { Moment } from './words.ts'

/** `POST /v1/golden` */
export const GoldenAsked = Type.Object(
  {
    count: Type.Integer({ minimum: 1, maximum: 500, description: 'Pictures.' }),
    seed: Type.Integer({
      ...{ minimum: 1, maximum: 1_000_000 },
      description: 'The same seed gives the same pictures; one seed is used once.',
    }),
    scheme: Type.Optional(
      Type.String({ maxLength: 100, description: 'One that is graded in; the main one unless given.' }),
    ),
  },
  { additionalProperties: false },
)
export type GoldenAsked = Static<typeof GoldenAsked>

export const GoldenSetTold = Type.Object({
  id: Type.String(),
  scheme: Type.String(),
  seed: Type.Integer(),
  pictures: Type.Integer(),
  brought: Type.Integer({ description: 'So many were mixed in by now. As which cases is told to nobody.' }),
  madeAt: Moment,
  madeBy: Type.String(),
})
export type GoldenSetTold = Static<typeof GoldenSetTold>

/** `GET /v1/golden` */
export const GoldenTold = Type.Object({ sets: Type.Array(GoldenSetTold) })
export type GoldenTold = Static<typeof GoldenTold>
