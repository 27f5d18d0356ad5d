/** Told: what somebody who reported is told: a reference once, and later what became of it. */
import type { IntakeConfig } from '#ground/intake-config'
import type { ReportStage } from '#terms/report'
import { childBox, dangerBox } from './form.ts'
import { contactsFor, escaped, type Page } from './page.ts'

/** The receipt. */
export function receiptPage(set: IntakeConfig, now: Date, reference: string, atRisk: boolean): Page {
  const body = [
    atRisk ? dangerBox(set, now) : '',
    `<p>Thank you. Your report has been received, and a person or a machine with the duty to will look at what it
is about.</p>
<h2>Your reference</h2>
<p class="code">${escaped(reference)}</p>
<p>Keep it if you want to know what became of your report: it is shown this once, and nobody can look it up for you.
It shows whether the report was received, looked at or closed, and nothing else.</p>`,
    childBox(set, now),
    supportBox(set, now),
  ]
  return { title: 'Your report was received', body: body.join('\n') }
}

function supportBox(set: IntakeConfig, now: Date): string {
  const contacts = contactsFor(set, 'anybody', now)
  return contacts === '' ? '' : `<div class="box"><h2>If what you saw stays with you</h2>${contacts}</div>`
}

const STAGES: Readonly<Record<ReportStage, string>> = {
  received: 'It was received.',
  'looked-at': 'It was received, and it was looked at.',
  closed: 'It was received, it was looked at, and it is closed.',
}

/** What was found of a reference. */
export type Found = { readonly kind: 'stage'; readonly stage: ReportStage } | { readonly kind: 'none' }

/** The page on which the outcome is looked up. */
export function outcomePage(found?: Found): Page {
  const said =
    found === undefined ? '' : `<div class="box first" role="status"><p>${foundWords(found)}</p></div>`
  const body = `${said}
<p>Give the reference that you were told. A step is shown about a day after it was taken, and what was found is not
shown.</p>
<form method="post" action="/report/outcome" autocomplete="off">
<label for="reference">Reference</label>
<p class="hint" id="reference-hint">Twelve letters and numbers, as 4F7K-92QX-1B3M.</p>
<input id="reference" name="reference" type="text" maxlength="40" spellcheck="false" autocapitalize="characters"
aria-describedby="reference-hint" required>
<button>Show</button></form>`
  return { title: 'What became of a report', body, ...(found?.kind === 'none' && { status: 404 }) }
}

function foundWords(found: Found): string {
  if (found.kind === 'stage') return STAGES[found.stage]
  return 'There is no report with this reference. Check each letter and number.'
}

/** What went wrong, in words that name no code. */
export function failedPage(set: IntakeConfig, now: Date, status: number): Page {
  const words =
    status === 429
      ? 'Too much came from where you are within a few minutes. Please wait ten minutes, go back and send it again.'
      : status >= 500
        ? 'The report could not be taken now, and nothing of it was kept. Please go back and send it again in some minutes.'
        : 'What was sent could not be read, and nothing of it was kept. Please go back and try again.'
  const body = `<div role="alert"><p>${words}</p></div>\n${dangerBox(set, now)}\n${childBox(set, now)}`
  return { status, title: 'That did not work', body }
}
