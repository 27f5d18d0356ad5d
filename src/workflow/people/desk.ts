/** Desk: what signing in and the care of people work with. */
import type { PersonKeys } from '#ground/person-keys'
import type { Database } from '#store/database'
import type { SessionLimits } from '#store/sessions'
import type { RetentionProfiles } from '../evidence/profiles.ts'
import type { PasswordCost } from './password.ts'
import type { Pending } from './pending.ts'

/** A provider of an organisation's own, by which its people sign in. */
export interface OidcAsked {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** How long ago somebody may have signed in at the provider. */
  readonly maxAgeMinutes?: number
}

export interface PeopleDesk {
  readonly database: Database
  readonly keys: PersonKeys
  readonly limits: SessionLimits
  /** Scheme, host and port at which browsers find the service: passkeys and the way back from a provider hang on it. */
  readonly origin?: string
  readonly oidc?: OidcAsked
  /** How many it takes to let somebody in, or to give them a role; two unless given. */
  readonly admission?: 'one' | 'two'
  /** Of a new password; the one that RFC 9106 recommends unless given. */
  readonly passwordCost?: PasswordCost
  /** What was begun and is to be finished soon. */
  readonly pending: Pending
  /** The retention profiles that there are: they say how long names are kept. */
  profiles(): Promise<RetentionProfiles>
  now(): Date
}
