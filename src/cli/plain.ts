/** Plain: text from outside, made safe to show; names of files and lists can hold anything. */

/**
 * Text with its control, direction and other invisible marks written as `\\u{…}`, so that it steers no terminal, and with its
 * backslashes doubled, so that no name reads as another.
 */
export function plain(untrusted: string): string {
  return untrusted.replace(/[\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (mark) =>
    mark === '\\' ? '\\\\' : `\\u{${(mark.codePointAt(0) ?? 0).toString(16)}}`,
  )
}
