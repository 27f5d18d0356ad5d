/** Words: one sentence that tells a person how the decoding children were confined, and what was missing. */
import type { SandboxUsed } from '#terms/media'
import { isComplete, type Measure } from './confinement.ts'
import type { Host } from './host.ts'

/** A way of confining that was tried and did not work. */
export interface Failed {
  readonly name: string
  readonly because: string
}

const NAMES: Readonly<Record<Measure, string>> = {
  bubblewrap: 'bubblewrap',
  uid: 'an account of their own',
  rlimits: 'resource limits',
}

/** The longest reason that is passed on. */
const REASON_CHARACTERS_MAX = 200

const TELLING = /error|denied|cannot|can't|no such|not permitted|unknown/i

/** How Node and V8 begin the line that names an error, also one with a code. */
const ERROR = /^(?:Uncaught )?\w*(?:Error|Exception)(?: \[\w+\])?(?::|$)/
/** The marks under a quoted line of source; what stands above them is a place and the source itself. */
const MARKS = /^\s*\^+\s*$/
/** Places, frames of a stack, and the version that Node signs with. */
const ASIDE = /^(?:\s+at |(?:file:\/\/|node:|\/)\S*:\d+$|Node\.js v)/

/**
 * The line that tells most of what a child said, made safe to print: printable ASCII, at most 200 characters. Lines of
 * source that a runtime quotes are never given.
 */
export function printable(untrustedText: string): string {
  const said = untrustedText.split('\n')
  const lines = said
    .slice(said.findLastIndex((line) => MARKS.test(line)) + 1)
    .filter((line) => line.trim() !== '' && !ASIDE.test(line))
  const named = lines.find((each) => ERROR.test(each)) ?? lines.find((each) => TELLING.test(each))
  const line = named ?? lines[0] ?? ''
  return line
    .replace(/[^\x20-\x7e]/g, '?')
    .trim()
    .slice(0, REASON_CHARACTERS_MAX)
}

/** What this host lacks for confining, beyond the measures in force. */
export function absent(host: Host, measures: readonly Measure[]): readonly string[] {
  const reasons: string[] = []
  if (!host.posix) reasons.push('this system has no measure that Tutela knows')
  if (host.posix && host.bwrap === undefined && !measures.includes('bubblewrap')) {
    reasons.push('bubblewrap is not installed')
  }
  if (!host.root && host.posix) reasons.push('an account of their own needs root')
  return reasons
}

/** What ran, and what is missing and why. */
export function sandboxUsed(
  asked: SandboxUsed['asked'],
  host: Host,
  measures: readonly Measure[],
  failed: readonly Failed[],
): SandboxUsed {
  if (asked === 'off') return { asked, measures, words: 'Decoding children ran unconfined, as asked.' }
  const ran =
    measures.length === 0
      ? 'Decoding children ran unconfined'
      : `Decoding children were confined by ${measures.map((measure) => NAMES[measure]).join(', ')}`
  const tried = isComplete(host, measures) ? [] : failed
  const missing = [
    ...absent(host, measures),
    ...tried.map(({ name, because }) => `${name} did not work (${because})`),
  ]
  return { asked, measures, words: missing.length === 0 ? `${ran}.` : `${ran}; ${missing.join('; ')}.` }
}
