/** Sign-in: what somebody sends who sets up their sign-in, signs in or out, and what they are given. */
import Type, { type Static } from 'typebox'
import { ACTS, PURPOSES, ROLES } from '#terms/people'
import { Moment, word } from './words.ts'

export const PersonIdText = Type.String({ pattern: '^p-[0-9a-z]{16}$', description: 'A pseudonym.' })
export const RoleWord = word(ROLES, 'A role, by what people do.')

const SetupToken = Type.String({ minLength: 40, maxLength: 60, description: 'Of the one-time setup link.' })
const Name = Type.String({ minLength: 2, maxLength: 100, description: 'By which the person signs in.' })
const Password = Type.String({ minLength: 1, maxLength: 1024 })
const Code = Type.String({
  minLength: 6,
  maxLength: 40,
  description: 'Six digits by the clock, or a recovery code.',
})
const As = word(['cookie', 'bearer'] as const, '`cookie` for a browser, `bearer` for a program.')

export const SetupBegun = Type.Object(
  { token: SetupToken, name: Name, password: Password },
  { additionalProperties: false },
)
export type SetupBegun = Static<typeof SetupBegun>

export const TotpTold = Type.Object({
  secret: Type.String({ description: 'In base 32, shown this once.' }),
  uri: Type.String({ description: 'What an authenticator reads.' }),
})

export const SetupFinished = Type.Object(
  { token: SetupToken, code: Code, as: As },
  { additionalProperties: false },
)
export type SetupFinished = Static<typeof SetupFinished>

export const SignInAsked = Type.Object(
  { name: Name, password: Password, code: Code, as: As },
  { additionalProperties: false },
)
export type SignInAsked = Static<typeof SignInAsked>

export const SessionTold = Type.Object({
  person: PersonIdText,
  endsAt: Moment,
  token: Type.Optional(
    Type.String({ description: 'Of a `bearer` session: `Authorization: Bearer tus_…`, shown this once.' }),
  ),
  waits: Type.Optional(
    Type.Boolean({
      description:
        'Somebody other than whoever admitted or reset them must let the person in, before it opens anything.',
    }),
  ),
  recoveryCodes: Type.Optional(
    Type.Array(Type.String(), { description: 'After setup: each lets its person in once, shown this once.' }),
  ),
})
export type SessionTold = Static<typeof SessionTold>

export const MeTold = Type.Object({
  person: PersonIdText,
  roles: Type.Array(RoleWord),
  departments: Type.Array(Type.String()),
  how: Type.String({ description: 'By what the person signed in.' }),
  begunAt: Moment,
  endsAt: Moment,
  may: Type.Array(
    Type.Object({
      act: word(ACTS, 'What their roles let them do.'),
      purposes: Type.Optional(Type.Array(word(PURPOSES, 'One of these is asked for.'))),
      on: word(
        ['anything', 'own-case', 'self', 'another'] as const,
        'In cases allocated to them; on themself alone; on anybody but themself.',
      ),
    }),
    { description: 'By the table of who may do what. The door asks for more at each act: it decides.' },
  ),
})
export type MeTold = Static<typeof MeTold>

/** Options and answers of WebAuthn go through as browsers make them. */
export const WebAuthn = Type.Object({}, { additionalProperties: true, description: 'As WebAuthn has it.' })
export const PasskeyAdded = Type.Object(
  { label: Type.String({ minLength: 1, maxLength: 100 }), response: WebAuthn },
  { additionalProperties: false },
)
export const PasskeysTold = Type.Object({
  passkeys: Type.Array(
    Type.Object({
      key: Type.String({ description: 'Stands for it here.' }),
      label: Type.String(),
      madeAt: Moment,
      usedAt: Type.Optional(Moment),
    }),
  ),
})
export type PasskeysTold = Static<typeof PasskeysTold>
export const OidcJoining = Type.Object({ setup: SetupToken }, { additionalProperties: false })
export const OidcBegun = Type.Object({
  url: Type.String({ description: 'Of the provider, where the browser goes next.' }),
})
export const PasskeyShown = Type.Object({ response: WebAuthn, as: As }, { additionalProperties: false })
