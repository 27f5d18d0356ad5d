/** Told: lists, changes and entries of the register, as the commands print them. */
import type { ChangeTold } from '#store/changes'
import type { Applied } from '#store/steps'
import { HASH_BYTES } from '#terms/hash'
import type { EntryRecord, ListChange, RegisteredList } from '#terms/register'
import { counted, grouped } from '../numbers.ts'
import { write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'

interface Flags {
  readonly json?: boolean
}

const HASHES = [...(Object.keys(HASH_BYTES) as (keyof typeof HASH_BYTES)[]), 'photodna'] as const

export async function tellList(list: RegisteredList, { json }: Flags): Promise<void> {
  if (json) return writeJson({ kind: 'registered-list', list })
  await write(`${listLine(list)}\n`)
}

/** A list in one line. */
export function listLine(list: RegisteredList): string {
  const uses = list.uses.length > 0 ? list.uses.join(',') : 'nothing'
  const parts = [
    list.name,
    list.kind,
    counted(list.entries, 'entry', 'entries'),
    `for ${uses}`,
    `trust ${list.trust}`,
    `changed ${list.changedAt.slice(0, 16)}Z`,
    plain(list.publisher),
  ]
  return parts.join('  ')
}

export async function tellChange(change: ListChange | ChangeTold, { json }: Flags): Promise<void> {
  if (json) return writeJson({ kind: 'change', change })
  await write(`${changeLine(change)}\n`)
}

/** A change in one line, with the time at which it was committed: what `--at` goes by. */
export function changeLine(change: ListChange | ChangeTold): string {
  const { number, numberedAt, kind, actor } = change
  const because =
    'because' in change && change.because !== undefined ? `  because ${plain(change.because)}` : ''
  return `${number}  ${numberedAt.slice(0, 19)}Z  ${kind}  ${plain(actor)}  ${countsWords(change)}${because}`
}

function countsWords({ added, replaced, withdrawn, entry }: ListChange): string {
  if (entry !== undefined) return `entry ${entry}`
  if (added + replaced + withdrawn === 0) return 'entries as they were'
  return `+${grouped(added)} ~${grouped(replaced)} -${grouped(withdrawn)}`
}

/** What steps came to, in words. */
export function appliedText(applied: Applied): string {
  const { added, replaced, withdrawn, unchanged, repeated, left } = applied
  const lines = [
    `added ${grouped(added)}, replaced ${grouped(replaced)}, withdrawn ${grouped(withdrawn)}, unchanged ${grouped(unchanged)}`,
    ...(repeated > 0 ? [`joined ${counted(repeated, 'key')} that came more than once`] : []),
    ...(left > 0
      ? [`left out ${counted(left, 'entry', 'entries')} without a hash but that of an empty file`]
      : []),
    outcomeWords(applied),
  ]
  return lines.join('\n')
}

function outcomeWords(applied: Applied): string {
  if ('number' in applied) return `change ${applied.number}, digest ${applied.digest}`
  return applied.kind === 'dry-run' ? 'a dry run: nothing was changed' : 'nothing to change'
}

/** An entry in one line: its number, trust, categories and hashes. */
export function entryLine(entry: EntryRecord): string {
  const categories = Object.entries(entry.categories).map(([scheme, codes]) => `${scheme}:${codes.join('+')}`)
  const hashes = HASHES.flatMap((kind) => (entry[kind] === undefined ? [] : [`${kind} ${entry[kind]}`]))
  const ended = entry.until === undefined ? [] : [entry.because === undefined ? 'replaced' : 'withdrawn']
  const parts = [String(entry.entry), ...ended, entry.trust, ...categories, ...hashes, entry.label ?? '']
  return plain(parts.filter((part) => part !== '').join('  '))
}
