/** Form: three fields and a tick, for anybody; a child reads first who is there for them. */
import type { IntakeConfig } from '#ground/intake-config'
import { contactsFor, escaped, type Page } from './page.ts'

/** What somebody wrote into the form. */
export interface Written {
  readonly address: string
  readonly words: string
  readonly contact: string
  readonly atRisk: boolean
}

export const EMPTY: Written = { address: '', words: '', contact: '', atRisk: false }

/** What may be written; the same that a report may say. */
export const MOST = { address: 4000, words: 10_000, contact: 500 } as const

/** Why a form comes back. */
export type Wrong =
  | { readonly kind: 'empty' }
  | { readonly kind: 'long'; readonly field: keyof typeof MOST }
  | { readonly kind: 'old' }

/** The page with the form. @param once the word hidden in it */
export function formPage(
  set: IntakeConfig,
  now: Date,
  {
    once,
    written = EMPTY,
    wrong,
  }: { readonly once: string; readonly written?: Written; readonly wrong?: Wrong },
): Page {
  const body = [
    wrong ? `<div class="box first" role="alert"><p>${wrongWords(wrong)}</p></div>` : '',
    dangerBox(set, now),
    childBox(set, now),
    `<div class="box"><h2>If you have seen a picture or a video of it</h2>
<p>Do not open it again. Do not save it, photograph it, forward it or send it to anybody, and not to us: the
address is enough.</p></div>`,
    fields(once, written),
  ]
  const page = { title: 'Report the sexual abuse of a child', body: body.join('\n') }
  return wrong ? { ...page, status: wrong.kind === 'old' ? 409 : 422 } : page
}

/** Whom to call first. */
export function dangerBox(set: IntakeConfig, now: Date): string {
  return `<div class="box first"><h2>If a child is in danger now</h2>
<p>Call the emergency number of your country first. Then tell us.</p>
${contactsFor(set, 'danger', now)}</div>`
}

/** Somebody who is there for a child, before anything else is asked. */
export function childBox(set: IntakeConfig, now: Date): string {
  return `<div class="box first"><h2>If you are under 18, or it is about you</h2>
<p>It is not your fault. You do not have to give your name, here or to those who help.
You can talk to somebody you trust first, and take your time.</p>
${contactsFor(set, 'child', now)}</div>`
}

function fields(once: string, { address, words, contact, atRisk }: Written): string {
  return `<form method="post" action="/report" autocomplete="off">
<input type="hidden" name="once" value="${escaped(once)}">
<label for="address">Where is it?</label>
<p class="hint" id="address-hint">The address of the page, or the name of the app, the group or the account. Leave
it empty if there is none.</p>
<input id="address" name="address" type="text" inputmode="url" spellcheck="false" maxlength="${MOST.address}"
aria-describedby="address-hint" value="${escaped(address)}">
<label for="words">What did you see, or what happened?</label>
<p class="hint" id="words-hint">In your own words. When it was, and how one gets there, helps. It need not be a
picture: somebody who writes to a child, or a worry, counts as much.</p>
<textarea id="words" name="words" maxlength="${MOST.words}" aria-describedby="words-hint">
${escaped(words)}</textarea>
<label for="contact">Where can we reach you? <span>(not needed)</span></label>
<p class="hint" id="contact-hint">An e-mail address or a telephone number, if we may ask you something. Without it
nobody knows who you are.</p>
<input id="contact" name="contact" type="text" maxlength="${MOST.contact}" aria-describedby="contact-hint"
value="${escaped(contact)}">
<div class="tick"><input type="checkbox" id="atRisk" name="atRisk" value="yes"${atRisk ? ' checked' : ''}>
<label for="atRisk">A child is in danger now</label></div>
<button>Send the report</button></form>`
}

function wrongWords(wrong: Wrong): string {
  switch (wrong.kind) {
    case 'empty':
      return `Nothing was sent: <a href="#address">say where it is</a>, or <a href="#words">what you saw</a>.
One of the two is enough.`
    case 'long':
      return `Nothing was sent: <a href="#${wrong.field}">this field</a> takes at most ${MOST[wrong.field]}
characters.`
    case 'old':
      return `Nothing was sent yet: the page had been open for long. What you wrote is still here: please send
it again.`
  }
}
