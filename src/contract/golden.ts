/** Golden: sets of generated pictures whose answer is known, as they are asked for and told. */
import Type, { type Static } from 'typebox'
import { Moment } from './words.ts'

export const CaseItemIdText = Type.Unsafe<`i-${string}`>({
  type: 'string',
  pattern: '^i-[0-9a-z]{16}$',
  description: 'An item of a case.',
})

/** Told with a vote. */
export const GoldenGradesTold = Type.Array(
  Type.Object({
    item: CaseItemIdText,
    scheme: Type.String(),
    category: Type.String({ description: 'What it is labelled as.' }),
    isRight: Type.Boolean({ description: 'Whether it was graded so.' }),
  }),
  { description: 'Of what was graded, generated pictures whose answer is known.' },
)

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
