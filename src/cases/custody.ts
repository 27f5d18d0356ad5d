/** Custody: what became of items, step by step, as a CASE/UCO bundle from their events: pure, and the same bytes each time. */
import type { Event } from '#terms/event'
import type { VaultItem } from '#terms/evidence'
import type { PersonId, Purpose } from '#terms/people'
import { type CustodyStep, stepsOf } from './custody-steps.ts'

// CASE 1.4 and UCO 1.4, after the official examples. Pixels are never in it: no dataPayload.

/** An event with the number of its leaf in the ledger, once it has one. */
export interface ProvenEvent extends Event {
  readonly leaf?: number
}

/** An item and everything that was done with it: its own events and those of its openings, in their order. */
export interface CustodyItem {
  readonly item: VaultItem
  /** Where it lies in what is handed over. */
  readonly path: string
  readonly events: readonly ProvenEvent[]
}

/** What a bundle is made from. */
export interface CustodyGiven {
  readonly caseNumber: string
  readonly handover: {
    readonly id: string
    readonly purpose: Purpose
    readonly proposedBy: PersonId
    readonly approvedBy: PersonId
    /** ISO 8601, UTC. */
    readonly approvedAt: string
    readonly events: readonly ProvenEvent[]
  }
  readonly recipient: { readonly id: string; readonly name: string }
  readonly items: readonly CustodyItem[]
  /** Version of this program. */
  readonly version: string
  /** Origin of the ledger, by which its proofs are found. */
  readonly origin: string
  /** A UUID that is the same for the same name. */
  uuid(name: string): string
}

type Node = Readonly<Record<string, unknown>>
interface Reference {
  readonly '@id': string
}

const UCO = 'https://ontology.unifiedcyberontology.org/uco/'
const CONTEXT = {
  kb: 'urn:tutela:kb/',
  'case-investigation': 'https://ontology.caseontology.org/case/investigation/',
  ...Object.fromEntries(
    ['action', 'core', 'identity', 'observable', 'tool', 'types'].map((name) => [
      `uco-${name}`,
      `${UCO}${name}/`,
    ]),
  ),
  xsd: 'http://www.w3.org/2001/XMLSchema#',
}

/** The bundle as JSON-LD text. The same events give the same bytes. */
export function custodyBundle(given: CustodyGiven): string {
  const graph = new Graph(given)
  const items = given.items.map((one) => addItem(graph, one, given))
  const about = items.flat()
  graph.add('investigation', given.caseNumber, 'case-investigation:Investigation', {
    'uco-core:name': `Case ${given.caseNumber}`,
    'uco-core:object': about,
  })
  return `${JSON.stringify({ '@context': CONTEXT, '@graph': graph.nodes }, undefined, 1)}\n`
}

/** The nodes of a bundle, each once, named by what they are of. */
class Graph {
  readonly nodes: Node[] = []
  readonly #given: CustodyGiven
  readonly #known = new Set<string>()

  constructor(given: CustodyGiven) {
    this.#given = given
  }

  /** A reference to what is named, without it. */
  ref(kind: string, name: string): Reference {
    return { '@id': `kb:${kind}-${this.#given.uuid(`${kind}/${name}`)}` }
  }

  add(kind: string, name: string, type: string, properties: Node): Reference {
    const reference = this.ref(kind, name)
    if (this.#known.has(reference['@id'])) return reference
    this.#known.add(reference['@id'])
    this.nodes.push({ ...reference, '@type': type, ...properties })
    return reference
  }

  /** Who acts: a person by pseudonym, or the program. */
  actor(actor: string): Reference {
    const person = /^person:(.+)$/.exec(actor)?.[1]
    if (person === undefined) return this.tool()
    return this.add('person', person, 'uco-identity:Person', { 'uco-core:name': person })
  }

  tool(): Reference {
    return this.add('tool', 'tutela', 'uco-tool:Tool', {
      'uco-core:name': 'Tutela',
      'uco-tool:toolType': 'Preservation',
      'uco-tool:version': this.#given.version,
    })
  }
}

/** An item, and its chain: each step takes the record before it and gives the next one. */
function addItem(graph: Graph, one: CustodyItem, given: CustodyGiven): Reference[] {
  const file = addFile(graph, one)
  const steps = [...stepsOf(one.events), handedOver(given)]
  const about: Reference[] = [file]
  let before: Reference | undefined
  for (const [place, step] of steps.entries()) {
    const exhibit = `${given.caseNumber}-${one.item.id}-${String(place + 1).padStart(3, '0')}`
    const record = graph.add('provenance-record', exhibit, 'case-investigation:ProvenanceRecord', {
      'case-investigation:exhibitNumber': exhibit,
      'uco-core:object': file,
    })
    about.push(addAction(graph, { step, exhibit, given, file, before, record }), record)
    before = record
  }
  return about
}

function addFile(graph: Graph, { item, path }: CustodyItem): Reference {
  const { md5, sha1, sha256 } = item.digests
  const hashes = Object.entries({ MD5: md5, SHA1: sha1, SHA256: sha256 }).map(([method, value]) => ({
    ...graph.ref('hash', `${item.id}/${method}`),
    '@type': 'uco-types:Hash',
    'uco-types:hashMethod': method,
    'uco-types:hashValue': { '@type': 'xsd:hexBinary', '@value': value },
  }))
  return graph.add('file', item.id, 'uco-observable:File', {
    'uco-core:hasFacet': [
      {
        ...graph.ref('file-facet', item.id),
        '@type': 'uco-observable:FileFacet',
        'uco-observable:fileName': path,
        'uco-observable:isDirectory': false,
        'uco-observable:sizeInBytes': item.sizeBytes,
      },
      {
        ...graph.ref('content-data-facet', item.id),
        '@type': 'uco-observable:ContentDataFacet',
        'uco-observable:mimeType': item.mediaType,
        'uco-observable:sizeInBytes': item.sizeBytes,
        'uco-observable:hash': hashes,
      },
    ],
  })
}

function addAction(
  graph: Graph,
  {
    step,
    exhibit,
    given,
    file,
    before,
    record,
  }: {
    readonly step: CustodyStep
    readonly exhibit: string
    readonly given: CustodyGiven
    readonly file: Reference
    readonly before: Reference | undefined
    readonly record: Reference
  },
): Reference {
  const isHandover = step.name === 'transferred' && step.to === given.recipient.id
  const recipient = isHandover && addRecipient(graph, given)
  const action = graph.add('investigative-action', exhibit, 'case-investigation:InvestigativeAction', {
    'uco-core:name': step.name,
    ...(step.words !== undefined && { 'uco-core:description': step.words }),
    'uco-action:startTime': moment(step.from),
    'uco-action:endTime': moment(step.until),
    'uco-action:performer': graph.actor(step.actor),
    'uco-action:instrument': graph.tool(),
    'uco-action:object': before ? [before, file] : [file],
    'uco-action:result': [record],
    ...(recipient && { 'uco-action:participant': recipient }),
  })
  for (const { leaf, id } of step.events as readonly ProvenEvent[]) {
    if (leaf === undefined) continue
    graph.add('annotation', `${exhibit}/${id}`, 'uco-core:Annotation', {
      'uco-core:tag': [`tlog:${given.origin}:${leaf}`],
      'uco-core:object': [action],
    })
  }
  return action
}

function addRecipient(graph: Graph, { recipient }: CustodyGiven): Reference {
  return graph.add('organization', recipient.id, 'uco-identity:Organization', {
    'uco-core:name': recipient.name,
  })
}

/** The last step of every item: it goes to the recipient, proposed by one person and approved by another. */
function handedOver({ handover, recipient }: CustodyGiven): CustodyStep {
  const { proposedBy, approvedBy, approvedAt, purpose, id, events } = handover
  return {
    name: 'transferred',
    from: approvedAt,
    until: approvedAt,
    actor: `person:${proposedBy}`,
    words: `handover ${id} for ${purpose}, approved by ${approvedBy}`,
    to: recipient.id,
    events,
  }
}

function moment(at: string): Node {
  return { '@type': 'xsd:dateTime', '@value': at }
}
