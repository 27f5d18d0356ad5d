/** Summary: the end of a scan in words. */
import type { ListInfo } from '#terms/list'
import type { Summary } from '#terms/scan'
import { counted, grouped, readableBytes, readableSeconds } from '../numbers.ts'
import { plain } from '../plain.ts'

/** The summary as lines of text for a person. */
export function summaryText(summary: Summary): string {
  const { files, match, none, unknown, bytes, seconds } = summary
  const rate = seconds > 0 ? `, ${grouped(files / seconds)} files/s` : ''
  const lines = [
    '',
    `${counted(files, 'file')}, ${readableBytes(bytes)}, in ${readableSeconds(seconds)}${rate}`,
    `  match    ${grouped(match)}${listed(summary.categories, 'by category')}`,
    `  none     ${grouped(none)}`,
    `  unknown  ${grouped(unknown)}${listed(summary.because, 'because')}`,
    ...uncheckedLines(summary),
    ...Object.entries(summary.skipped).map(
      ([because, count]) => `  passed over: ${grouped(count)} (${because})`,
    ),
    ...(summary.interrupted ? ['Interrupted: what was not reached is not in these figures.'] : []),
    '',
    'Lists',
    ...summary.lists.map(listText),
    plain(summary.noneMeans),
    ...(unknown > 0 ? ['Unknown means: it could not be checked. It is not the same as none.'] : []),
    '',
    `Role: ${plain(summary.stated.role)}. Purpose: ${plain(summary.stated.purpose)}.`,
    plain(summary.sandbox.words),
    '',
  ]
  return lines.join('\n')
}

function listText({ file, entries, date, sha256 }: ListInfo): string {
  const of = counted(entries, 'entry', 'entries')
  return `  ${plain(file)}  ${of}  dated ${date.slice(0, 10)}  sha256 ${sha256.slice(0, 8)}…`
}

function uncheckedLines(summary: Summary): string[] {
  const { foldersUnread, uncheckableEntries, badLines } = summary
  return [
    ...(foldersUnread > 0 ? [`  ${counted(foldersUnread, 'folder')} could not be read`] : []),
    ...(uncheckableEntries > 0
      ? [
          `  ${counted(uncheckableEntries, 'list entry', 'list entries')} with only a PhotoDNA value could not be checked`,
        ]
      : []),
    ...(badLines > 0 ? [`  ${counted(badLines, 'bad list line')} left out`] : []),
  ]
}

function listed(counts: Readonly<Record<string, number>>, word: string): string {
  const parts = Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${plain(name)} ${grouped(count)}`)
  return parts.length > 0 ? `  ${word}: ${parts.join(', ')}` : ''
}
