/** Address: one form for an address however it was written, so that the same place is found again. */

/** What people put into an address so that nobody opens it by chance. */
const DEFANGED: readonly (readonly [written: RegExp, meant: string])[] = [
  [/^h(?:xx|\*\*|tt)ps?\b/i, 'https'],
  [/\[(?:\.|dot)\]|\((?:\.|dot)\)|\{\.\}/gi, '.'],
  [/\[:\]/g, ':'],
  [/\[:?\/\/\]/g, '://'],
]
const SCHEME = /^[a-z][a-z0-9+.-]*:/i
const WEB = /^https?:$/

/**
 * The canonical form: without scheme, default port and fragment, the host in lower case; of what is no web address its text
 * without outer and repeated spaces. It finds a place again, and is never shown or asked.
 */
export function canonicalAddress(address: string): string {
  const plain = DEFANGED.reduce(
    (text, [written, meant]) => text.replace(written, meant),
    address.normalize('NFKC').trim(),
  )
  const whole = SCHEME.test(plain) && !/^[^/]+:\d+(\/|$)/.test(plain) ? plain : `https://${plain}`
  if (!/\s/.test(plain) && URL.canParse(whole)) {
    const url = new URL(whole)
    if (WEB.test(url.protocol) && url.hostname.includes('.')) return webForm(url)
  }
  return plain.replace(/\s+/g, ' ')
}

function webForm({ protocol, hostname, port, pathname, search }: URL): string {
  const isDefault = port === '' || (protocol === 'https:' && port === '80')
  return `${hostname.replace(/\.$/, '')}${isDefault ? '' : `:${port}`}${pathname}${search}`
}
