/** Passing: what was let through is kept for clients that are told of later matches, where the operator allows it. */
import type { Client } from '#terms/client'
import type { GateVerdict } from '#terms/gate'
import type { Fingerprint } from '#terms/lookup'
import type { Service } from './server.ts'

/** True where what this client lets through is kept. */
export function isKept({ passed }: Service, client: Client): boolean {
  return passed !== undefined && client.retro !== undefined
}

/** The change as of which the index answers, to be read before it is asked; 0 where it cannot be. */
export function changeNumber({ index }: Service): number {
  return index.state.kind === 'ready' ? index.state.number : 0
}

/**
 * Keeps the hashes of an item where it passed; settles before the answer is sent, so that what was answered is not lost.
 *
 * @param number from `changeNumber`, before the look-up
 */
export async function keepPassed(
  service: Service,
  client: Client,
  verdict: GateVerdict,
  looked: {
    readonly fingerprint: Fingerprint
    readonly reference?: string | undefined
    readonly number: number
  },
): Promise<void> {
  if (!isKept(service, client)) return
  const { fingerprint, reference, number } = looked
  await service.passed?.record({
    client,
    verdict,
    fingerprint,
    number,
    ...(reference !== undefined && { reference }),
  })
}
