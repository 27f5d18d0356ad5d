/** Webhook: where a client takes messages, parsed before it is set. */
import { Fault } from '#terms/fault'

const CHARACTERS_MAX = 2048

/**
 * Parses the address of a webhook.
 *
 * @param addresses `any` where the operator lets webhooks be inside, which may then be asked without encryption
 * @throws Fault `usage.invalid`; never with the address in its message, which may hold a token
 */
export function parseWebhook(untrusted: string, addresses: 'public' | 'any'): string {
  if (untrusted.length > CHARACTERS_MAX || !URL.canParse(untrusted)) throw wrong('an address')
  const { protocol, username, password, href } = new URL(untrusted)
  const isEncrypted = protocol === 'https:'
  if (!isEncrypted && !(protocol === 'http:' && addresses === 'any'))
    throw wrong('an https address; http is for webhooks inside, where retro.addresses is "any"')
  if (username !== '' || password !== '') throw wrong('an address without a user or a password')
  return href
}

function wrong(expected: string): Fault {
  return new Fault('usage.invalid', `a webhook is ${expected}`)
}
