/** Severity: how grave a category is, by its scheme: what meaning its code has, and where it stands among the others. */
import type { Vocabularies } from '#lists/vocabularies'
import type { Categories } from '#terms/register'

/** Of the codes of a scheme that alert, in its own order: as many as this part are the gravest. */
const GRAVEST_PART = 3

/**
 * How grave some categories are: 3 for the gravest third of a scheme's codes that alert, 2 for its others, 1 for what is to be
 * looked at, 0 for what is said to be harmless; the gravest of several.
 *
 * @returns a function that says undefined where no scheme knows any of the codes
 */
export function severityBy(vocabularies: Vocabularies): (categories: Categories) => number | undefined {
  const severities = new Map<string, ReadonlyMap<string, number>>()
  for (const { scheme, codes } of vocabularies.schemes.values()) {
    const alerting = codes.filter(({ meaning }) => meaning === 'alert').map(({ code }) => code)
    const gravest = new Set(alerting.slice(0, Math.ceil(alerting.length / GRAVEST_PART)))
    const known = codes.flatMap(({ code, meaning }) => {
      if (meaning === undefined) return []
      const severity = meaning === 'alert' ? (gravest.has(code) ? 3 : 2) : meaning === 'review' ? 1 : 0
      return [[code, severity] as const]
    })
    severities.set(scheme, new Map(known))
  }
  return (categories) => {
    const found = Object.entries(categories).flatMap(([scheme, codes]) =>
      codes.map((code) => severities.get(scheme)?.get(code)).filter((one) => one !== undefined),
    )
    return found.length === 0 ? undefined : Math.max(...found)
  }
}
