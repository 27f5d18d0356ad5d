/** Page: the frame of the public pages: one style, no script, nothing from elsewhere, and a way out at the top. */
import { createHash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import type { Contact, IntakeConfig } from '#ground/intake-config'

const STYLE = `
:root { color-scheme: light dark; --ink: #1a1a1a; --ground: #fff; --soft: #f1f3f5; --line: #6b7280;
  --mark: #0b5cad; --on-mark: #fff }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ececec; --ground: #16181b; --soft: #24272c; --line: #9aa3ad; --mark: #8ec5ff; --on-mark: #10151b }
}
* { box-sizing: border-box }
body { margin: 0; font: 1.0625rem/1.55 system-ui, sans-serif; color: var(--ink); background: var(--ground) }
header, main, footer { max-width: 40rem; margin: 0 auto; padding: 1rem }
header { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; justify-content: space-between }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .5rem 0 }
h2 { font-size: 1.2rem; margin: 1.5rem 0 .25rem }
a { color: var(--mark) }
a.leave, button { display: inline-block; font: inherit; font-weight: 600; min-height: 2.75rem; padding: .5rem 1.1rem;
  color: var(--on-mark); background: var(--mark); border: 2px solid var(--mark); border-radius: .4rem;
text-decoration: none }
:focus-visible { outline: 3px solid var(--mark); outline-offset: 3px }
label { display: block; font-weight: 600; margin-top: 1.25rem }
.hint { margin: 0 0 .35rem }
input:not([type=checkbox]), textarea { width: 100%; font: inherit; color: inherit; background: var(--ground);
padding: .55rem;
  border: 2px solid var(--line); border-radius: .4rem }
textarea { min-height: 9rem }
.tick { display: flex; gap: .75rem; align-items: start; margin: 1.25rem 0 }
.tick input { width: 1.6rem; height: 1.6rem; flex: none; margin: 0 }
.tick label { margin: 0 }
.box { background: var(--soft); border-left: .35rem solid var(--line); padding: .25rem 1rem .75rem; margin: 1rem 0 }
.first { border-left-color: var(--mark) }
.code { font: 700 1.5rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere }
ul { padding-left: 1.25rem }
footer { border-top: 1px solid var(--line); margin-top: 2rem }
@media print { a.leave, footer { display: none } }
`

const digest = createHash('sha256').update(STYLE).digest('base64')
const POLICY = `default-src 'none'; style-src 'sha256-${digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`
const EXIT = 'https://www.wikipedia.org/'
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text as it stands in a page. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? '')
}

/** A page; `body` is HTML already. */
export interface Page {
  readonly status?: number
  readonly title: string
  readonly body: string
}

/** Sends a page: nothing of it is kept by anything on the way, and no other site learns where somebody came from. */
export function sendPage(
  reply: FastifyReply,
  { status = 200, title, body }: Page,
  set: IntakeConfig,
): FastifyReply {
  const { organisation, exitAddress = EXIT } = set
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${escaped(title)}</title><style>${STYLE}</style></head><body>
<header><span>${escaped(organisation ?? '')}</span>
<a class="leave" href="${escaped(exitAddress)}" rel="noreferrer noopener">Leave this page</a></header>
<main><h1>${escaped(title)}</h1>
${body}</main>
<footer><p><a href="/report">Make a report</a> · <a href="/report/outcome">What became of a report</a></p>
<p>This page sets no cookies and counts no visits. “Leave this page” does not clear your browser’s history: to
leave nothing
there, use a private window.</p></footer></body></html>
`
  return reply
    .code(status)
    .headers({
      'content-security-policy': POLICY,
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': 'camera=(), microphone=(), geolocation=()',
    })
    .type('text/html; charset=utf-8')
    .send(html)
}

const DAY_MILLISECONDS = 86_400_000
const CHECKED_DAYS = 365

/** Contacts for somebody that were checked, and not too long ago: a wrong number is worse than none. */
export function checkedContacts(
  { contacts = [], contactDays = CHECKED_DAYS }: IntakeConfig,
  whom: Contact['for'],
  now: Date,
): Contact[] {
  const since = now.getTime() - contactDays * DAY_MILLISECONDS
  return contacts.filter(
    ({ for: meant, checkedOn }) =>
      meant === whom &&
      checkedOn !== undefined &&
      Date.parse(checkedOn) >= since &&
      Date.parse(checkedOn) <= now.getTime(),
  )
}

/** They as lines of a page; empty where there is none. */
export function contactsFor(set: IntakeConfig, whom: Contact['for'], now: Date): string {
  const shown = checkedContacts(set, whom, now)
  return shown.length === 0 ? '' : `<ul>${shown.map(contactLine).join('')}</ul>\n`
}

function contactLine({ name, about, phone, address }: Contact): string {
  const said = [
    `<strong>${escaped(name)}</strong>`,
    ...(about === undefined ? [] : [escaped(about)]),
    ...(phone === undefined
      ? []
      : [`<a href="tel:${escaped(phone.replace(/[^+\d]/g, ''))}">${escaped(phone)}</a>`]),
    ...(address === undefined
      ? []
      : [`<a href="${escaped(address)}" rel="noreferrer">${escaped(address)}</a>`]),
  ]
  return `<li>${said.join('<br>')}</li>`
}
