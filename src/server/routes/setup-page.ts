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
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 3rem auto; padding: 0 1rem }
body { color: #1a1a1a; background: #fff }
label, input, button { display: block; font: inherit }
input { width: 100%; padding: .4rem; margin: .2rem 0 1rem; box-sizing: border-box }
button { padding: .5rem 1.2rem }
#problem { color: #a00000; font-weight: 600 }
pre, code { background: #f0f0f0; padding: .2rem .4rem; overflow-wrap: anywhere }
@media (prefers-color-scheme: dark) {
  body { color: #eee; background: #181818 }
  pre, code { background: #303030 }
  #problem { color: #ff9a9a }
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
<p>You are <code id="you"></code>, and signed in. Each of these codes lets you in once without your authenticator.
They are shown this once: keep them apart from the password.</p><pre id="codes"></pre></section>
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
