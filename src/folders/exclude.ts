/** Exclude: shell-style patterns of paths to pass over. */

/**
 * Makes a test from patterns: `*` and `?` stay within a name, `**` crosses folders. A pattern without a slash is
 * tried on the last name alone, one with a slash on the whole path and on each of its endings.
 */
export function exclusion(patterns: readonly string[]): (path: Buffer) => boolean {
  if (patterns.length === 0) return () => false
  // Latin-1 keeps every byte apart, so that names that are no UTF-8 can be told from one another.
  const tests = patterns.map((pattern) => expression(Buffer.from(pattern).toString('latin1')))
  return (path) => {
    const text = path.toString('latin1')
    return tests.some((test) => test.test(text))
  }
}

function expression(pattern: string): RegExp {
  const bare = pattern.replace(/\/+$/, '')
  const body = bare
    .split(/(\*\*\/|\*\*|\*|\?)/)
    .map(partOf)
    .join('')
  return new RegExp(`${bare.startsWith('/') ? '^' : '(?:^|/)'}${body}$`, 's')
}

/** One character of a name: of UTF-8 all its bytes, else the byte. */
const ANY_CHARACTER = '(?:[\\x00-.0-\\x7f]|[\\xc2-\\xf4][\\x80-\\xbf]{1,3}|[\\x80-\\xff])'

function partOf(part: string): string {
  switch (part) {
    case '**/':
      return '(?:.*/)?'
    case '**':
      return '.*'
    case '*':
      return '[^/]*'
    case '?':
      return ANY_CHARACTER
    default:
      return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  }
}
