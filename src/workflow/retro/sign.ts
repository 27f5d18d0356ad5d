/** Sign: how a client knows that a message is ours: Standard Webhooks, with a secret of its own. */
import { createHmac, hkdfSync } from 'node:crypto'

const SECRET_BYTES = 32

/** The secret of a client, derived from that of the service; it is kept nowhere. */
export function clientSecret(serviceSecret: Uint8Array, client: number): Buffer {
  const info = `tutela webhook client ${client}`
  return Buffer.from(hkdfSync('sha256', serviceSecret, new Uint8Array(), info, SECRET_BYTES))
}

/** A secret as it is shown to whoever takes messages: `whsec_` and base64. */
export function shownSecret(secret: Uint8Array): string {
  return `whsec_${Buffer.from(secret).toString('base64')}`
}

/**
 * The headers of a message (Standard Webhooks 1.0, symmetric): HMAC-SHA256 over id, timestamp and body joined by dots.
 *
 * @param id the same each time that the message is sent: whoever had it already knows it by this
 * @param at when it is sent, now
 */
export function signedHeaders(
  secret: Uint8Array,
  id: string,
  at: Date,
  body: string,
): Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> {
  const timestamp = `${Math.floor(at.getTime() / 1000)}`
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
}
