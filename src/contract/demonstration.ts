/** Demonstration: whether this is one, and how one comes into it. */
import Type, { type Static } from 'typebox'
import { ROLES } from '#terms/people'
import { word } from './words.ts'

const CastRole = word(ROLES, 'A role of the demonstration’s people.')
const Place = Type.Integer({ minimum: 1, maximum: 9, description: 'Which of those who have the role.' })

/** `GET /v1/deployment` */
export const DeploymentTold = Type.Object({
  demonstration: Type.Boolean({ description: 'True where everything is generated: every page says so.' }),
  cast: Type.Optional(
    Type.Array(Type.Object({ role: CastRole, place: Place }), {
      description: 'As whom one may sign in by naming them: on the machine of a demonstration alone.',
    }),
  ),
})
export type DeploymentTold = Static<typeof DeploymentTold>

/** `POST /v1/demonstration/sign-in`: by a link, or by naming a role. */
export const CastAsked = Type.Union([
  Type.Object(
    { token: Type.String({ pattern: '^tud_[A-Za-z0-9_-]{43}$' }) },
    { additionalProperties: false },
  ),
  Type.Object({ role: CastRole, place: Type.Optional(Place) }, { additionalProperties: false }),
])
export type CastAsked = Static<typeof CastAsked>
