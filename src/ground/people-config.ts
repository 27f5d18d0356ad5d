/** People config: the keys of the configuration that are about signing in. */
import { httpAddress, keysOf, keysWith, oneOf, type Parser, pathFrom, text, whole } from './config-values.ts'

/** What is set of people; what is absent has its default. */
export interface PeopleConfig {
  /** The folder of the keys that names are sealed with. */
  readonly keys?: string
  /** Scheme, host and port at which browsers find the service. */
  readonly origin?: string
  readonly idleMinutes?: number
  readonly sessionHours?: number
  /** How many people it takes to let somebody in, or to give them a role. */
  readonly admission?: 'one' | 'two'
  /** A provider of the organisation's own. */
  readonly oidc?: {
    readonly issuer: string
    readonly clientId: string
    readonly clientSecretFile: string
    /** How long ago somebody may have signed in at the provider. */
    readonly maxAgeMinutes?: number
  }
}

const DAY_MINUTES = 1440
const WEEK_HOURS = 168

export function peopleKeys(folder: string): Parser {
  const path = pathFrom(folder)
  const maxAgeMinutes = whole(1, WEEK_HOURS * 60)
  const oidc = { issuer: httpAddress, clientId: text, clientSecretFile: path, maxAgeMinutes }
  return keysOf({
    keys: path,
    origin: (untrusted, place) => new URL(httpAddress(untrusted, place)).origin,
    idleMinutes: whole(1, DAY_MINUTES),
    sessionHours: whole(1, WEEK_HOURS),
    admission: oneOf(['one', 'two']),
    oidc: keysWith(oidc, ['issuer', 'clientId', 'clientSecretFile']),
  })
}
