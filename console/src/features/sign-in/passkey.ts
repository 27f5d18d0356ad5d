/** Passkey: what the browser is asked for and what it answers, as WebAuthn has it. */
import type { SessionTold } from '#contract/sign-in'
import { ask, Problem } from '../../app/queries.ts'

/** Shows a passkey. @throws Problem also where the person took it back */
export async function shownPasskey(): Promise<SessionTold> {
  const options = await ask<PublicKeyCredentialRequestOptionsJSON>('/v1/sign-in/passkey/options', {
    method: 'POST',
  })
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options)
  const credential = await navigator.credentials.get({ publicKey }).catch(() => null)
  if (!(credential instanceof PublicKeyCredential))
    throw new Problem(0, { type: 'urn:tutela:fault:people.sign-in', detail: 'No passkey was shown.' })
  return ask<SessionTold>('/v1/sign-in/passkey', { body: { response: credential.toJSON(), as: 'cookie' } })
}
