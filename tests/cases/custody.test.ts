/** Custody: the chain from the events, the same bytes each time, and never a pixel. */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { type CustodyGiven, custodyBundle, type ProvenEvent } from '#cases/custody'
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

function given(): CustodyGiven {
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
    event('opening:o-4', 'export.ended', 7, { ending: 'failed' }), // nothing arrived
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

type Node = Record<string, unknown>
const graph = (): Node[] => (JSON.parse(custodyBundle(given())) as { '@graph': Node[] })['@graph']
const ofType = (type: string): Node[] => graph().filter((node) => node['@type'] === type)

test('the steps are those that happened, in their order, and end with the handover', () => {
  const steps = ofType('case-investigation:InvestigativeAction')
  expect(steps.map((step) => step['uco-core:name'])).toEqual([
    'preserved',
    'examined',
    'viewed',
    'verified',
    'transferred',
  ])
  expect(steps[2]).toMatchObject({
    'uco-core:description': 'for assess; blurred; complete',
    'uco-action:startTime': { '@type': 'xsd:dateTime', '@value': '2026-03-01T10:04:00.000Z' },
    'uco-action:endTime': { '@value': '2026-03-01T10:05:00.000Z' },
  })
})

test('each step takes the record before it, and gives the next', () => {
  const steps = ofType('case-investigation:InvestigativeAction')
  const ids = (node: Node | undefined, key: string): string[] =>
    ((node?.[key] ?? []) as { '@id': string }[]).map((one) => one['@id'])
  for (const [place, step] of steps.entries()) {
    const taken = ids(step, 'uco-action:object')
    expect(taken).toHaveLength(place === 0 ? 1 : 2)
    if (place > 0) expect(taken[0]).toBe(ids(steps[place - 1], 'uco-action:result')[0])
  }
  const records = ofType('case-investigation:ProvenanceRecord')
  expect(records.map((record) => record['case-investigation:exhibitNumber'])).toEqual(
    [1, 2, 3, 4, 5].map((place) => `K-1-v-1-00${place}`),
  )
})

test('the same events give the same bytes, and every reference leads somewhere', () => {
  const text = custodyBundle(given())
  expect(custodyBundle(given())).toBe(text)
  const ids = new Set(text.match(/"@id": "kb:[^"]+"(?=,\n *"@type")/g))
  for (const reference of text.match(/"@id": "kb:[^"]+"/g) ?? []) expect(ids).toContain(reference)
  expect(text).not.toContain('dataPayload')
})

test('a proof in the ledger is named for every event of a step that has its number', () => {
  const tags = ofType('uco-core:Annotation').flatMap((node) => node['uco-core:tag'] as string[])
  expect(tags).toContain('tlog:tutela.example/log:10')
  expect(tags).toContain('tlog:tutela.example/log:130')
  expect(tags).not.toContain('tlog:tutela.example/log:70') // the viewing that was never released
})
