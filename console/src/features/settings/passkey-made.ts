/** Passkey made: what the browser is asked for to make one, and what it answers, as WebAuthn has it. */
import { ask, Problem } from '../../app/queries.ts'

/** Makes a passkey and keeps it under a label. @throws Problem also where the person took it back */
export async function madePasskey(label: string): Promise<void> {
  const options = await ask<PublicKeyCredentialCreationOptionsJSON>('/v1/passkeys/options', {
    method: 'POST',
  })
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options)
  const credential = await navigator.credentials.create({ publicKey }).catch(() => null)
  if (!(credential instanceof PublicKeyCredential))
    throw new Problem(0, { type: 'urn:tutela:fault:people.sign-in', detail: 'No passkey was made.' })
  await ask('/v1/passkeys', { body: { label, response: credential.toJSON() } })
}
