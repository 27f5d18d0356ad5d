/** Desk: what giving out what is offered needs, and who asks for it. */
import type { Signed } from '#store/append'
import type { Database } from '#store/database'
import type { Client } from '#terms/client'
import type { Actor } from '#terms/event'

export interface OfferDesk {
  readonly database: Database
  now(): Date
}

/** A client signs for what it fetched. */
export function signedBy({ name }: Client, desk: OfferDesk): Signed {
  const actor: Actor = `client:${name}`
  return { actor, at: desk.now() }
}
