/** Stored path: whether a path that a VICS document names stays in the document's folder. Such files are never opened. */

/** Longest path. */
const PATH_LENGTH_MAX = 32_768

/** Why a path relative to a document, with slashes of either kind, leads elsewhere; undefined when it does not, or is absent. */
export function whyPathLeaves(untrusted: unknown): string | undefined {
  if (untrusted === undefined || untrusted === null || untrusted === '') return undefined
  if (typeof untrusted !== 'string') return 'is no text'
  if (untrusted.length > PATH_LENGTH_MAX) return 'is too long'
  if (/\p{Cc}/u.test(untrusted)) return 'holds a control character'
  if (/^[\\/]/.test(untrusted) || /^[A-Za-z]:/.test(untrusted))
    return 'does not begin in the folder of the document'
  return untrusted.split(/[\\/]/).includes('..') ? 'leads out of the folder of the document' : undefined
}
