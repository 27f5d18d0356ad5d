/** Setup page: where the one-time link leads: a name, a password, an authenticator, and the recovery codes, once. */
import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'

/** The token stands behind #, which no browser sends: it is in no log and no referrer. */
const SCRIPT = `
const token = location.hash.slice(1)
const by = (id) => document.getElementById(id)
const headers = { 'content-type': 'application/json' }
const ask = async (path, body) => {
  const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })
  const told = await answer.json()
  by('problem').textContent = answer.ok ? '' : told.detail
  return answer.ok ? told : undefined
}
by('first').addEventListener('submit', async (event) => {
  event.preventDefault()
  const told = await ask('/v1/setup', { token, name: by('name').value, password: by('password').value })
  if (!told) return
  by('secret').textContent = told.secret
  by('first').hidden = true
  by('second').hidden = false
  by('code').focus()
})
by('second').addEventListener('submit', async (event) => {
  event.preventDefault()
  const told = await ask('/v1/setup/confirm', { token, code: by('code').value, as: 'cookie' })
  if (!told) return
  history.replaceState(null, '', location.pathname)
  by('codes').textContent = told.recoveryCodes.join('\\n')
  by('you').textContent = told.person
  by('waits').hidden = !told.waits
  by('desk').hidden = Boolean(told.waits)
  by('second').hidden = true
  by('done').hidden = false
})
by('provider').addEventListener('click', async () => {
  const told = await ask('/v1/sign-in/oidc', { setup: token })
  if (told) location.assign(told.url)
})
if (token === '') by('problem').textContent = 'The link is not whole: it ends in # and a long word.'
`

const STYLE = `
:root { color-scheme: light dark; --ink: #1f2324; --quiet: #5b6269; --line: #ced4da; --body: #fff; --field: #fff }
:root { --main: #2f5d62; --over: #244a4e; --wrong: #c92a2a; --code: #f1f3f5; --radius: 4px }
* { box-sizing: border-box }
body { font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; margin: 0 }
body { color: var(--ink); background: var(--body); padding: 3rem 1rem; font-variant-numeric: tabular-nums }
main { max-width: 32rem; margin: 0 auto; padding: 2rem; border: 1px solid var(--line); border-radius: var(--radius) }
h1 { font-size: 1.5rem; font-weight: 600; margin: 0 0 1rem }
h2 { font-size: 1.15rem; font-weight: 600; margin: 0 0 .5rem }
label, input, button { display: block; font: inherit }
label { font-size: .875rem; font-weight: 500 }
input { width: 100%; padding: .4rem .75rem; margin: .25rem 0 1rem; color: inherit }
input { background: var(--field); border: 1px solid var(--line); border-radius: var(--radius) }
button { padding: .45rem 1.1rem; font-size: .875rem; font-weight: 600; cursor: pointer }
button { color: #fff; background: var(--main); border: 1px solid var(--main); border-radius: var(--radius) }
button:hover { background: var(--over) }
button[type="button"] { color: inherit; background: transparent; border-color: var(--line) }
:focus-visible { outline: 2px solid var(--main); outline-offset: 2px }
p { margin: 1rem 0 }
#first p { margin-top: 2rem; color: var(--quiet); font-size: .875rem }
a { color: inherit }
#problem { color: var(--wrong); font-weight: 600 }
#problem:empty { display: none }
pre, code { background: var(--code); padding: .2rem .4rem; border-radius: var(--radius); overflow-wrap: anywhere }
pre { padding: .75rem 1rem }
@media (prefers-color-scheme: dark) {
  :root { --ink: #c9c9c9; --quiet: #a8a8a8; --line: #424242; --body: #242424; --field: #2e2e2e }
  :root { --main: #3f7377; --over: #2f5d62; --wrong: #ff8787; --code: #2e2e2e }
  :focus-visible { outline-color: #6da4a6 }
}
`

const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Tutela: set up your sign-in</title>
<style>${STYLE}</style></head><body><main>
<h1>Set up your sign-in</h1>
<p id="problem" role="alert"></p>
<form id="first">
<label for="name">Name to sign in by</label>
<input id="name" autocomplete="username" required minlength="2" maxlength="100">
<label for="password">Password, 12 characters or more</label>
<input id="password" type="password" autocomplete="new-password" required minlength="12" maxlength="1000">
<button>Go on</button>
<p>Where your organisation has a sign-in of its own, it can stand in place of both:</p>
<button id="provider" type="button">Join by your organisation</button></form>
<form id="second" hidden>
<p>Put this secret into your authenticator: <code id="secret"></code></p>
<label for="code">Code that it shows</label>
<input id="code" inputmode="numeric" autocomplete="one-time-code" required maxlength="7">
<button>Finish</button></form>
<section id="done" hidden><h2>Done</h2>
<p>You are <code id="you"></code> here. Each of these codes lets you in once without your authenticator.
They are shown this once: keep them apart from the password.</p><pre id="codes"></pre>
<p id="waits" hidden>Now somebody else must let you in: a second person, who knows that it is you. Until then nothing opens.
After that, <a href="/sign-in">sign in</a>.</p>
<p id="desk"><a href="/">To the desk</a></p></section>
</main><script>${SCRIPT}</script></body></html>
`

const digest = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
const POLICY = [
  "default-src 'none'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  `script-src ${digest(SCRIPT)}; style-src ${digest(STYLE)}`,
].join('; ')

/** `GET /setup` */
export function setupPage(app: FastifyInstance): void {
  app.get('/setup', { schema: { hide: true } }, (_request, reply) =>
    reply
      .headers({
        'content-security-policy': POLICY,
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      })
      .header('x-content-type-options', 'nosniff')
      .type('text/html; charset=utf-8')
      .send(PAGE),
  )
}
