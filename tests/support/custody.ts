/** Custody: an item and everything that was done with it, for tests of its bundle. */
import { createHash } from 'node:crypto'
import type { CustodyGiven, ProvenEvent } from '#cases/custody'
import type { Canonical } from '#terms/event'
import type { VaultItem } from '#terms/evidence'

const uuid = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 32)

let count = 0
function event(
  stream: string,
  kind: string,
  minute: number,
  body: Record<string, Canonical> = {},
  actor: ProvenEvent['actor'] = 'person:p-1',
): ProvenEvent {
  count++
  const at = `2026-03-01T10:${String(minute).padStart(2, '0')}:00.000Z`
  return { id: String(count), stream, version: 1, kind, actor, at, body, leaf: count * 10 }
}

/** What a bundle is made from: an item that was sealed, processed, viewed, checked, and handed over. */
export function custodyGiven(): CustodyGiven {
  count = 0
  const events = [
    event('vault:v-1', 'vault.sealed', 0, {}, 'tutela'),
    event('opening:o-1', 'processing.granted', 1, { purpose: 'screen', job: 'intake' }, 'tutela'),
    event('opening:o-1', 'processing.released', 1),
    event('opening:o-1', 'processing.ended', 2, { ending: 'complete' }),
    event('opening:o-2', 'viewing.granted', 3, { purpose: 'assess', level: 'blurred' }),
    event('opening:o-2', 'viewing.released', 4),
    event('opening:o-3', 'viewing.granted', 4, { purpose: 'assess', level: 'full' }), // never released
    event('opening:o-2', 'viewing.ended', 5, { ending: 'complete' }),
    event('opening:o-4', 'export.granted', 6, { purpose: 'report' }),
    event('opening:o-4', 'export.released', 6),
    event('opening:o-4', 'export.ended', 7, { ending: 'failed' }), // a part may have left
    event('vault:v-1', 'vault.found-whole', 8, {}, 'tutela'),
  ]
  const digests = { md5: 'a'.repeat(32), sha1: 'b'.repeat(40), sha256: 'c'.repeat(64) }
  const item = {
    ...{ id: 'v-1', digests, sizeBytes: 5, mediaType: 'image/png', custodian: 'tutela', version: 2 },
    ...{
      sealedAt: '2026-03-01T10:00:00.000Z',
      state: 'available',
      blob: { sha256: 'd'.repeat(64), sizeBytes: 9 },
    },
  } as const satisfies VaultItem
  return {
    caseNumber: 'K-1',
    handover: {
      ...({ id: 'h-1', purpose: 'proceedings', proposedBy: 'p-1', approvedBy: 'p-2' } as const),
      approvedAt: '2026-03-01T11:00:00.000Z',
      events: [event('handover:h-1', 'handover.approved', 59)],
    },
    recipient: { id: 'r-1', name: 'A national unit' },
    items: [{ item, path: 'items/v-1', events }],
    ...{ version: '0.1.0', origin: 'tutela.example/log', uuid },
  }
}
