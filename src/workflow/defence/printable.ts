/** Printable: text as the embedded fonts can show it; what they cannot show is named, never dropped. */

/** Marks beyond letters that the embedded fonts have. */
const MORE = '€‚„…†‡‰‹‘’“”•–—™›'

/**
 * The text with line breaks as spaces, and every mark that is steering or that the fonts may lack as `[U+5B57]`: they have
 * Latin, Greek and Cyrillic.
 */
export function printable(untrusted: string): string {
  return untrusted
    .normalize('NFC')
    .replace(/\s+/gu, ' ')
    .replace(/[^\x20-\x7e\xa1-\xac\xae-\u017f\u0386-\u03ce\u0400-\u045f]/gu, (mark) =>
      MORE.includes(mark)
        ? mark
        : `[U+${(mark.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
    )
}
