/** Html: text put together so that nothing from outside is ever read as markup. */

import { plain } from '../../plain.ts'

/** Markup that may be put in as it stands. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Part = string | number | Html | readonly Html[] | undefined

/** Markup from a template; every value that is not `Html` itself is escaped. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const text = strings.map((string, at) => string + (at < parts.length ? textOf(parts[at]) : ''))
  return new Html(text.join(''))
}

function textOf(part: Part): string {
  if (part === undefined) return ''
  if (part instanceof Html) return part.text
  if (typeof part === 'object') return part.map((one) => one.text).join('\n')
  return escaped(String(part))
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(untrusted: string): string {
  return plain(untrusted).replace(/[&<>"']/g, (mark) => ESCAPES[mark] ?? mark)
}
