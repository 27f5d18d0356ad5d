/** Context: what a VICS document says of its version, its profile of categories and its kind. Spec: VICS 1.0-2.0, container. */

/** What a VICS document says of itself. */
export interface VicsContext {
  readonly version?: string
  /** `US`, `UK`, `CUSTOM`, `Default`: whose numbers its categories are. 2.0 only. */
  readonly profile?: string
  readonly kind?: 'Media' | 'Cases'
}

/** Members of the document that hold its context. */
const CONTEXT_NAMES = ['@odata.context', 'odata.metadata'] as const
/** Longest context that is looked at. */
const CONTEXT_LENGTH_MAX = 1_024

/** The schemes of the profiles whose numbers are known to be somebody's. */
const SCHEME_OF_PROFILE: ReadonlyMap<string, string> = new Map([
  ['US', 'vics-us'],
  ['UK', 'vics-uk'],
])

/** The context among the members of a document; empty when there is none. */
export function vicsContext(members: Readonly<Record<string, unknown>>): VicsContext {
  const stated = CONTEXT_NAMES.map((name) => members[name]).find((value) => typeof value === 'string')
  if (typeof stated !== 'string' || stated.length > CONTEXT_LENGTH_MAX) return {}
  const version = /DataModels\/(\d+\.\d+)\.xml/.exec(stated)?.[1]
  const profile = /\.xml\/([^/]+)\/\$metadata/.exec(stated)?.[1]
  const kind = /#(Media|Cases)$/.exec(stated)?.[1]
  return {
    ...(version !== undefined && { version }),
    ...(profile !== undefined && { profile }),
    ...((kind === 'Media' || kind === 'Cases') && { kind }),
  }
}

/** The scheme of a profile's category numbers; undefined when the profile does not say whose they are. */
export function schemeOfProfile(profile: string | undefined): string | undefined {
  return profile === undefined ? undefined : SCHEME_OF_PROFILE.get(profile.toUpperCase())
}

/** The profile of a scheme; `Default` for any other. */
export function profileOfScheme(scheme: string | undefined): string {
  return [...SCHEME_OF_PROFILE].find(([, of]) => of === scheme)?.[0] ?? 'Default'
}
