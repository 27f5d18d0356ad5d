/** Source: where a list comes from, by whose terms, how often it is asked, and what would be too strange to apply. */
import type { Partner } from './exchange.ts'
import type { ListTerms } from './register.ts'

/** What a pull may take at most; more means that the partner, or its place on the network, is not well. */
export interface PullLimits {
  readonly pageBytesMax: number
  readonly bytesMax: number
  readonly rowsMax: number
  readonly pagesMax: number
  /** For one answer, to its last byte. */
  readonly secondsMax: number
}

/** What must hold of a list for a pull to be applied. */
export interface SourceAssertions {
  /** Share of its entries, 0 to 1, that a list may lose in one pull. */
  readonly shrinkMax: number
  /** Share of its entries that a list may gain in one pull; a first pull is not measured by it. */
  readonly growMax: number
  readonly entriesMin?: number
  readonly entriesMax?: number
  /** A source that was not pulled well for so long is reported as stale. */
  readonly staleAfterDays: number
  /** How far a partner's dates may lie ahead of this clock. */
  readonly dateSkewSeconds: number
}

/** A source as its YAML file states it. */
export interface SourceDefinition extends ListTerms {
  readonly name: string
  readonly title: string
  /** Name of the list that it fills; the list is its own. */
  readonly list: string
  readonly api: {
    readonly kind: Partner
    /** Without a slash at the end. */
    readonly base: string
    /** `any` has to be said by the operator: a partner in a private network, or a fake. */
    readonly addresses: 'public' | 'any'
    readonly options: Readonly<Record<string, string | number | readonly string[]>>
  }
  /** Path of a file by the name of the secret, absolute or from the folder `secretsFolder`. */
  readonly secrets: Readonly<Record<string, string>>
  /** Cron text of five fields, UTC. */
  readonly schedule: string
  readonly assertions: SourceAssertions
  readonly limits: PullLimits
  /** The file that it was read from, and where its secrets are looked for. */
  readonly file: string
  readonly secretsFolder: string
}
