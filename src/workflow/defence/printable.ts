/** Printable: text as the fonts of a PDF can show it; what they cannot show is named, never dropped. */

/** Marks beyond Latin-1 that the standard fonts have (Windows code page 1252). */
const MORE = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ'

/** The text with line breaks as spaces, and every mark that is steering or unknown to the fonts as `[U+0416]`. */
export function printable(untrusted: string): string {
  return untrusted
    .normalize('NFC')
    .replace(/\s+/gu, ' ')
    .replace(/[^\x20-\x7e\xa1-\xac\xae-\xff]/gu, (mark) =>
      MORE.includes(mark)
        ? mark
        : `[U+${(mark.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
    )
}
