/** Custody: the chain from the events, the same bytes each time, and never a pixel. */
import { expect, test } from 'vitest'
import { custodyBundle } from '#cases/custody'
import { custodyGiven } from '../support/custody.ts'

type Node = Record<string, unknown>
const graph = (): Node[] => (JSON.parse(custodyBundle(custodyGiven())) as { '@graph': Node[] })['@graph']
const ofType = (type: string): Node[] => graph().filter((node) => node['@type'] === type)

test('the steps are those that happened, in their order, and end with the handover', () => {
  const steps = ofType('case-investigation:InvestigativeAction')
  expect(steps.map((step) => step['uco-core:name'])).toEqual([
    'preserved',
    'examined',
    'viewed',
    'transfer-not-completed',
    'verified',
    'transferred',
  ])
  expect(steps[3]).toMatchObject({
    'uco-core:description': 'for report; failed; a part of the sealed file may have left',
    'uco-action:endTime': { '@value': '2026-03-01T10:07:00.000Z' },
  })
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
    [1, 2, 3, 4, 5, 6].map((place) => `K-1-v-1-00${place}`),
  )
})

test('the same events give the same bytes, and every reference leads somewhere', () => {
  const text = custodyBundle(custodyGiven())
  expect(custodyBundle(custodyGiven())).toBe(text)
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
