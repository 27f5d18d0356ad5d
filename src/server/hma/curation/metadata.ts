/** Metadata: what a client says of a content beside its signals, read as HMA reads it, or more leniently where that is set. */
import type { FastifyRequest } from 'fastify'
import type { ContentMetadata, ContentNotes } from '#store/hma'
import { asObject, type JsonObject, member, queryText } from '../parameters.ts'
import { Refusal } from '../refusal.ts'

const KEYS: readonly string[] = ['content_id', 'content_uri', 'json', 'collab']
const NOTE_CHARACTERS_MAX = 255
const TEXT_CHARACTERS_MAX = 4096
const JSON_CHARACTERS_MAX = 65_536

/** What is said of a content in a JSON body. @throws Refusal 400 */
export function notesOfBody(request: FastifyRequest, isFolded: boolean): ContentNotes {
  const body = asObject(request.body) ?? {}
  const outer = isFolded ? outerOf((name) => queryText(request, name)) : {}
  const said = member(body, 'metadata') ?? (isFolded ? queryText(request, 'metadata') : undefined)
  return notes(said, outer, member(body, 'note'), isFolded)
}

/** What is said of a content in the fields of a form. @throws Refusal 400 */
export function notesOfFields(fields: ReadonlyMap<string, string>, isFolded: boolean): ContentNotes {
  const outer = isFolded ? outerOf((name) => fields.get(name)) : {}
  return notes(fields.get('metadata'), outer, fields.get('note'), isFolded)
}

/** A note: up to 255 characters; null where there is none. @throws Refusal 400 */
export function noteOf(untrusted: unknown): string | null {
  if (untrusted === null || untrusted === undefined || untrusted === '') return null
  if (typeof untrusted !== 'string' || [...untrusted].length > NOTE_CHARACTERS_MAX || isUnkept(untrusted))
    throw new Refusal(400, `note must be a text of at most ${NOTE_CHARACTERS_MAX} characters`)
  return untrusted
}

/** Some clients send the id and address of a content beside its metadata instead of in it. */
function outerOf(text: (name: string) => string | undefined): JsonObject {
  const said = ['content_id', 'content_uri'].map((name) => [name, text(name)] as const)
  return Object.fromEntries(said.filter(([, value]) => value !== undefined && value !== ''))
}

function notes(said: unknown, outer: JsonObject, untrustedNote: unknown, isFolded: boolean): ContentNotes {
  const inner = said === undefined || said === '' ? {} : objectOf(said)
  const metadata = metadataOf({ ...(isFolded ? folded(inner) : inner), ...outer })
  const note = noteOf(untrustedNote)
  return { ...(note !== null && { note }), ...(Object.keys(metadata).length > 0 && { metadata }) }
}

function objectOf(said: unknown): JsonObject {
  let parsed = said
  try {
    if (typeof said === 'string') parsed = JSON.parse(said)
  } catch {
    throw new Refusal(400, 'metadata is not valid json')
  }
  const object = asObject(parsed)
  if (!object) throw new Refusal(400, 'metadata should be a json object')
  return object
}

/** Puts keys that HMA does not know into `json`, beside what is there. */
function folded(given: JsonObject): JsonObject {
  const unknown = Object.entries(given).filter(([key]) => !KEYS.includes(key))
  if (unknown.length === 0) return given
  const known = Object.entries(given).filter(([key]) => KEYS.includes(key))
  return {
    ...Object.fromEntries(known),
    json: { ...Object.fromEntries(unknown), ...asObject(member(given, 'json')) },
  }
}

/** `collab` is what the server says of where a content comes from: a client's own is left out. */
function metadataOf(given: JsonObject): ContentMetadata {
  const unexpected = Object.keys(given).filter((key) => !KEYS.includes(key))
  if (unexpected.length > 0)
    throw new Refusal(400, `metadata contains unexpected keys: ${unexpected.sort().join(', ').slice(0, 200)}`)
  const json = member(given, 'json')
  const object = json === undefined ? undefined : asObject(json)
  if (json !== undefined && !object) throw new Refusal(400, 'metadata.json should be a json object')
  const size = object ? JSON.stringify(object).length : 0
  if (size > JSON_CHARACTERS_MAX)
    throw new Refusal(400, `metadata.json is longer than ${JSON_CHARACTERS_MAX} characters`)
  return {
    ...textIn(given, 'content_id'),
    ...textIn(given, 'content_uri'),
    ...(object && { json: object }),
  }
}

function textIn(given: JsonObject, name: 'content_id' | 'content_uri'): ContentMetadata {
  const text = member(given, name)
  if (text === undefined) return {}
  if (typeof text !== 'string' || text.length > TEXT_CHARACTERS_MAX || isUnkept(text))
    throw new Refusal(400, `metadata.${name} must be a text of at most ${TEXT_CHARACTERS_MAX} characters`)
  return { [name]: text }
}

/** Text that the database cannot hold. */
function isUnkept(text: string): boolean {
  return /[\0\p{Surrogate}]/u.test(text)
}
