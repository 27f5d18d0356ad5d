/** Sniff: a list's format, told by its first lines and never by its name. */
import { isColumnsLine } from './columns.ts'
import { shown } from './entry.ts'
import { isOwnComment } from './header.ts'
import type { LineBatch } from './lines.ts'
import type { ListFormat } from './parser.ts'
import { isPlainLine } from './plain.ts'
import type { Problems } from './problems.ts'

/** Lines that are looked at: a list may begin with a few bad ones. */
const LINES_MAX = 64

/**
 * The format of the list that begins with these lines.
 *
 * @throws Fault `list.invalid` when they begin no list that is known here
 */
export function sniff(batches: readonly LineBatch[], problems: Problems): ListFormat {
  const lines = contentLines(batches)
  const [first] = lines
  if (first === undefined) {
    const own = batches.some(({ lines: all }) => all.some((line) => line !== undefined && isOwnComment(line)))
    return own ? 'plain' : problems.refuse('holds no line of a list')
  }
  if (isColumnsLine(first.text)) return 'csv'
  for (const { text } of lines) {
    if (text.startsWith('{')) return 'jsonl'
    if (isPlainLine(text)) return 'plain'
  }
  const told = 'is neither the header line of a CSV list, nor a hash line, nor a JSON object'
  return problems.refuse(`line ${first.line}: ${told}: ${shown(first.text)}`)
}

function contentLines(batches: readonly LineBatch[]): { readonly line: number; readonly text: string }[] {
  const found: { readonly line: number; readonly text: string }[] = []
  for (const { firstLine, lines } of batches) {
    for (const [at, line] of lines.entries()) {
      const text = line?.trim() ?? ''
      if (text !== '' && !text.startsWith('#')) found.push({ line: firstLine + at, text })
      if (found.length === LINES_MAX) return found
    }
  }
  return found
}
