/** Page: the report of a scan as one self-contained page; counts, names and reasons, never a picture. */
import { QUALITY_MIN } from '#matching/verdict'
import type { ListInfo } from '#terms/list'
import type { ShownPath, Summary } from '#terms/scan'
import { counted, grouped, readableBytes, readableSeconds } from '../../numbers.ts'
import type { BestMatch } from '../best.ts'
import { barChart } from './bars.ts'
import { Html, html } from './html.ts'
import { STYLE } from './style.ts'

/** A file that matched, with its strongest match. */
export interface MatchRow extends ShownPath {
  readonly best: BestMatch
}

/** A file or folder that could not be checked. */
export interface UnknownRow extends ShownPath {
  readonly because: string
  readonly isFolder: boolean
}

/** What a report names one by one, and how much it had no room for. */
export interface ReportRows {
  readonly matches: readonly MatchRow[]
  readonly matchesLeftOut: number
  readonly unknown: readonly UnknownRow[]
  readonly unknownLeftOut: number
}

/** By this mark a page is known as a report. */
export const REPORT_MARK = '<meta name="generator" content="Tutela scan report">'

/** The whole page. */
export function reportPage(summary: Summary, rows: ReportRows): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
${new Html(REPORT_MARK)}
<title>Tutela scan report</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${heading(summary)}
${charts(summary)}
${matchTable(rows)}
${unknownTable(rows)}
${method(summary)}
</main>
</body>
</html>
`
  return page.text
}

function heading(summary: Summary): Html {
  const { files, match, none, unknown, bytes, seconds, stated } = summary
  const begun = summary.startedAt.slice(0, 16).replace('T', ' ')
  return html`<h1>Scan report</h1>
<p class="soft">Begun ${begun} UTC. Role: ${stated.role}. Purpose: ${stated.purpose}.</p>
<dl class="figures">
<div><dt>Files</dt><dd>${grouped(files)}</dd></div>
<div class="match"><dt>Match</dt><dd>${grouped(match)}</dd></div>
<div class="unknown"><dt>Unknown</dt><dd>${grouped(unknown)}</dd></div>
<div class="none"><dt>None</dt><dd>${grouped(none)}</dd></div>
</dl>
<p class="soft">${readableBytes(bytes)} read in ${readableSeconds(seconds)}.</p>
${
  summary.interrupted &&
  html`<p class="notice"><strong>Interrupted.</strong> The scan was broken off; files that were not reached are
not in this report.</p>`
}
<p class="notice">${summary.noneMeans}</p>
<p class="notice">Unknown means: a check that the lists call for could not be made. It is not the same as none. A match
by PDQ, MD5 or SHA-1 alone is near: a person confirms it.</p>`
}

function charts(summary: Summary): Html {
  const { match, unknown, none, categories, because } = summary
  const verdicts = [
    { name: 'match', count: match, tone: 'match' as const },
    { name: 'unknown', count: unknown, tone: 'unknown' as const },
    { name: 'none', count: none, tone: 'none' as const },
  ]
  const bars = (
    counts: object,
    tone: 'match' | 'unknown',
  ): { name: string; count: number; tone: typeof tone }[] =>
    Object.entries(counts).map(([name, count]) => ({ name, count: Number(count), tone }))
  return html`<h2>Counts</h2>
${barChart('Files by verdict', verdicts, true)}
${match > 0 ? barChart('Matching files by category of the list entry', bars(categories, 'match')) : undefined}
${match > 0 ? barChart('Matching files by strongest basis', bars(summary.bases, 'match')) : undefined}
${Object.keys(because).length > 0 ? barChart('Unknown files by reason', bars(because, 'unknown')) : undefined}`
}

function matchTable({ matches, matchesLeftOut }: ReportRows): Html {
  if (matches.length === 0) return html`<h2>Matches</h2><p>No file matched.</p>`
  return html`<h2>Matches</h2>
${table(undefined, ['File', 'Basis', 'List entry', 'Category'], matches.map(matchRow))}
${leftOut(matchesLeftOut)}`
}

function matchRow(row: MatchRow): Html {
  const { match, basis, others } = row.best
  const entry = `${match.list}, entry ${match.entry}${match.label ? ` (${match.label})` : ''}`
  const rest = others === '' ? undefined : html`<br><span class="soft">and ${others}</span>`
  return html`<tr><td class="path">${pathOf(row)}</td><td>${basis}</td>
<td class="path">${entry}${rest}</td><td>${match.category}</td></tr>`
}

function unknownTable({ unknown, unknownLeftOut }: ReportRows): Html {
  if (unknown.length === 0) return html`<h2>Unknown</h2><p>Every file could be checked.</p>`
  const rows = unknown.map(
    (row) =>
      html`<tr><td class="path">${pathOf(row)}${row.isFolder ? ' (folder)' : ''}</td><td>${row.because}</td></tr>`,
  )
  return html`<h2>Unknown</h2>
${table(undefined, ['File or folder', 'Because'], rows)}
${leftOut(unknownLeftOut)}`
}

function table(caption: string | undefined, headings: readonly string[], rows: readonly Html[]): Html {
  return html`<table>
${caption && html`<caption>${caption}</caption>`}
<thead><tr>${headings.map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>
${rows}
</tbody>
</table>`
}

function pathOf(line: ShownPath): Html {
  return line.fileBase64
    ? html`${line.file}<br><span class="soft">bytes in base64: <code>${line.fileBase64}</code></span>`
    : html`${line.file}`
}

function leftOut(rows: number): Html | undefined {
  return rows > 0
    ? html`<p class="soft">${counted(rows, 'more row')} left out here; the scan's output with --json has every one.</p>`
    : undefined
}

function method(summary: Summary): Html {
  const { terms, sandbox } = summary
  const skipped = Object.entries(summary.skipped).map(([because, count]) => `${because} ${grouped(count)}`)
  const facts: readonly (readonly [string, string])[] = [
    ['Scanned', summary.paths.join(', ')],
    ['Program', `Tutela ${summary.version}`],
    [
      'PDQ',
      'full pipeline, eight orientations, with and without a uniform border, ' +
        `distance up to ${terms.distanceMax}, quality from ${QUALITY_MIN}`,
    ],
    ['Digests', 'MD5, SHA-1 and SHA-256 of every file'],
    ['Decoding', sandbox.words],
    ['Configuration', summary.configuration ?? 'no file'],
    ['Limits on one file', limitWords(terms)],
    ['Passed over', skipped.length > 0 ? skipped.join(', ') : 'nothing'],
    ['Exclusions', terms.excluded.length > 0 ? terms.excluded.join(', ') : 'none asked for'],
    ['Folders that could not be read', grouped(summary.foldersUnread)],
    [
      'List entries that could not be checked',
      `${grouped(summary.uncheckableEntries)} with only a PhotoDNA value`,
    ],
    ['Bad list lines left out', grouped(summary.badLines)],
  ]
  return html`<h2>How it was done</h2>
<table class="facts"><tbody>
${facts.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}
</tbody></table>
${table('Lists', ['List', 'Entries', 'Date', 'SHA-256 of the list'], summary.lists.map(listRow))}`
}

function listRow({ file, entries, date, sha256 }: ListInfo): Html {
  return html`<tr><td class="path">${file}</td><td>${grouped(entries)}</td><td>${date.slice(0, 10)}</td>
<td><code>${sha256}</code></td></tr>`
}

function limitWords({ limits }: Summary['terms']): string {
  const { bytesMax, pixelsMax, framesMax, secondsMax, memoryBytesMax } = limits
  return (
    `${readableBytes(bytesMax)} of a picture, ${grouped(pixelsMax)} pixels, ${grouped(framesMax)} frames, ` +
    `${secondsMax} seconds, ${readableBytes(memoryBytesMax)} of memory`
  )
}
