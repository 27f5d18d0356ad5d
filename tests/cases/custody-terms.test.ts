/** Custody terms: a bundle keeps to a closed list of the classes, properties and forms of CASE and UCO 1.4. */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { custodyBundle } from '#cases/custody'
import { custodyGiven } from '../support/custody.ts'

type Node = Readonly<Record<string, unknown>>
/** What may stand under a property. `refs`: one reference or several; `nodes`: nodes written in its place. */
type Form = 'text' | 'texts' | 'whole' | 'flag' | 'moment' | 'hex' | 'ref' | 'refs' | 'nodes'
interface Term {
  readonly form: Form
  readonly required?: true
  /** The classes that a reference leads to, or that stand in its place. */
  readonly of?: readonly string[]
}

const FILE = 'uco-observable:File'
const RECORD = 'case-investigation:ProvenanceRecord'
const ACTION = 'case-investigation:InvestigativeAction'
const [PERSON, TOOL] = ['uco-identity:Person', 'uco-tool:Tool']
const text = { form: 'text', required: true } as const

/** Every class that a bundle may have, and every property of it. */
const TERMS: Readonly<Record<string, Readonly<Record<string, Term>>>> = {
  'case-investigation:Investigation': {
    'uco-core:name': text,
    'uco-core:object': { form: 'refs', required: true, of: [FILE, RECORD, ACTION] },
  },
  [ACTION]: {
    'uco-core:name': text,
    'uco-core:description': { form: 'text' },
    'uco-action:startTime': { form: 'moment', required: true },
    'uco-action:endTime': { form: 'moment', required: true },
    'uco-action:performer': { form: 'ref', required: true, of: [PERSON, TOOL] },
    'uco-action:instrument': { form: 'refs', required: true, of: [TOOL] },
    'uco-action:object': { form: 'refs', required: true, of: [FILE, RECORD] },
    'uco-action:result': { form: 'refs', required: true, of: [RECORD] },
    'uco-action:participant': { form: 'refs', of: ['uco-identity:Organization'] },
  },
  [RECORD]: {
    'case-investigation:exhibitNumber': text,
    'uco-core:object': { form: 'refs', required: true, of: [FILE] },
  },
  [FILE]: {
    'uco-core:hasFacet': {
      form: 'nodes',
      required: true,
      of: ['uco-observable:FileFacet', 'uco-observable:ContentDataFacet'],
    },
  },
  'uco-observable:FileFacet': {
    'uco-observable:fileName': text,
    'uco-observable:isDirectory': { form: 'flag', required: true },
    'uco-observable:sizeInBytes': { form: 'whole', required: true },
  },
  'uco-observable:ContentDataFacet': {
    'uco-observable:mimeType': text,
    'uco-observable:sizeInBytes': { form: 'whole', required: true },
    'uco-observable:hash': { form: 'nodes', required: true, of: ['uco-types:Hash'] },
  },
  'uco-types:Hash': {
    'uco-types:hashMethod': text,
    'uco-types:hashValue': { form: 'hex', required: true },
  },
  [PERSON]: { 'uco-core:name': text },
  'uco-identity:Organization': { 'uco-core:name': text },
  [TOOL]: { 'uco-core:name': text, 'uco-tool:toolType': text, 'uco-tool:version': text },
  'uco-core:Annotation': {
    'uco-core:tag': { form: 'texts', required: true },
    'uco-core:object': { form: 'refs', required: true, of: [ACTION] },
  },
}

const UCO = 'https://ontology.unifiedcyberontology.org/uco/'
const PREFIXES: Readonly<Record<string, string>> = {
  kb: 'urn:tutela:kb/',
  'case-investigation': 'https://ontology.caseontology.org/case/investigation/',
  ...Object.fromEntries(
    ['action', 'core', 'identity', 'observable', 'tool', 'types'].map((one) => [
      `uco-${one}`,
      `${UCO}${one}/`,
    ]),
  ),
  xsd: 'http://www.w3.org/2001/XMLSchema#',
}
/** `kb:`, the class in kebab case, and a UUID of version 5. */
const ID = /^kb:([a-z]+(?:-[a-z]+)*)-[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const HEX_DIGITS: Readonly<Record<string, number>> = { MD5: 32, SHA1: 40, SHA256: 64 }

/** Every fault of a bundle, in words; none of a sound one. */
function faultsOf(untrusted: string): string[] {
  const { '@context': context, '@graph': graph, ...more } = JSON.parse(untrusted) as Record<string, unknown>
  const faults = Object.keys(more).map((member) => `unknown member ${member}`)
  if (JSON.stringify(context) !== JSON.stringify(PREFIXES)) faults.push('another context')
  const classes = new Map<string, string>()
  const all: Node[] = []
  const gather = (node: Node): void => {
    const id = String(node['@id'])
    if (classes.has(id)) faults.push(`${id} stands twice`)
    classes.set(id, String(node['@type']))
    all.push(node)
    for (const value of Object.values(node).flat())
      if (isNode(value) && '@id' in value && '@type' in value) gather(value)
  }
  for (const node of graph as Node[]) gather(node)
  return [...faults, ...all.flatMap((node) => nodeFaults(node, classes))]
}

function nodeFaults(node: Node, classes: ReadonlyMap<string, string>): string[] {
  const { '@id': id, '@type': type, ...properties } = node
  const terms = TERMS[String(type)]
  if (!terms) return [`unknown class ${type}`]
  const kebab = String(type)
    .replace(/^.*:/, '')
    .replace(/(?<!^)[A-Z]/g, (one) => `-${one}`)
  const faults = ID.exec(String(id))?.[1] === kebab.toLowerCase() ? [] : [`${type}: the id ${id}`]
  for (const [name, { required }] of Object.entries(terms))
    if (required && properties[name] === undefined) faults.push(`${type} without ${name}`)
  for (const [name, value] of Object.entries(properties)) {
    const term = terms[name]
    if (!term) faults.push(`${type}: unknown property ${name}`)
    else if (!isOfForm(term, value, node, classes))
      faults.push(`${type}: ${name} is ${JSON.stringify(value)}`)
  }
  return faults
}

function isOfForm(
  { form, of }: Term,
  value: unknown,
  node: Node,
  classes: ReadonlyMap<string, string>,
): boolean {
  const many = Array.isArray(value) ? value : [value]
  switch (form) {
    case 'text':
      return typeof value === 'string' && value !== ''
    case 'texts':
      return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string')
    case 'whole':
      return Number.isSafeInteger(value) && Number(value) >= 0
    case 'flag':
      return typeof value === 'boolean'
    case 'moment': {
      const at = literal(value, 'xsd:dateTime')
      return at !== undefined && !Number.isNaN(Date.parse(at)) && at.endsWith('Z')
    }
    case 'hex': {
      const digits = HEX_DIGITS[String(node['uco-types:hashMethod'])]
      return new RegExp(`^[0-9a-f]{${digits ?? 0}}$`).test(literal(value, 'xsd:hexBinary') ?? '-')
    }
    case 'ref':
    case 'refs': {
      const isRef = (one: unknown): boolean =>
        isNode(one) &&
        Object.keys(one).join() === '@id' &&
        of?.includes(classes.get(String(one['@id'])) ?? '') === true
      return (form === 'refs' || !Array.isArray(value)) && many.length > 0 && many.every(isRef)
    }
    case 'nodes':
      return (
        many.length > 0 && many.every((one) => isNode(one) && of?.includes(String(one['@type'])) === true)
      )
  }
}

function literal(value: unknown, type: string): string | undefined {
  if (!isNode(value) || Object.keys(value).length !== 2 || value['@type'] !== type) return undefined
  return String(value['@value'])
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** As bundles are written: version 5, of a name. */
function uuid(name: string): string {
  const hex = createHash('sha1').update(name).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

test('a bundle uses only classes and properties that CASE and UCO have, in their forms, and has all that are required', () => {
  const bundle = custodyBundle({ ...custodyGiven(), uuid })
  expect(faultsOf(bundle)).toEqual([])
  const used = new Set([...bundle.matchAll(/"@type": "([^"]+)"/g)].map(([, type]) => type))
  expect([...Object.keys(TERMS)].filter((type) => !used.has(type))).toEqual([]) // each of the list was met
})

test('each way in which a bundle could depart from the list is found', () => {
  const sound = custodyBundle({ ...custodyGiven(), uuid })
  const faults = (from: string | RegExp, to: string): string[] => {
    const altered = sound.replace(from, to)
    expect(altered).not.toBe(sound)
    return faultsOf(altered)
  }
  expect(faults('uco-identity:Person', 'uco-identity:Human')).toContain('unknown class uco-identity:Human')
  expect(faults('uco-tool:toolType', 'uco-tool:kind')).toEqual([
    'uco-tool:Tool without uco-tool:toolType',
    'uco-tool:Tool: unknown property uco-tool:kind',
  ])
  expect(faults('"uco-observable:sizeInBytes": 5', '"uco-observable:sizeInBytes": "5"')).toHaveLength(1)
  expect(faults('xsd:hexBinary', 'xsd:string')).toHaveLength(1)
  expect(faults('T10:00:00.000Z', 'at ten')).toHaveLength(1)
  expect(faults(/kb:person-[0-9a-f]{8}-/, 'kb:person-00000000-')[0]).toContain('uco-action:performer')
  expect(faults('"uco-observable:isDirectory"', '"uco-observable:dataPayload"')[1]).toContain(
    'unknown property',
  )
  expect(faults('caseontology.org', 'example.org')).toEqual(['another context'])
})
