/** Parameters: what HMA clients send in queries and bodies, with HMA's leniency and no more. */
import type { FastifyRequest } from 'fastify'
import { CONTENT_TYPES, type ContentType } from '#workflow/hma/signals'
import { Refusal } from './refusal.ts'

/** One parameter of the query, the first where it is repeated; undefined where it is absent or empty. */
export function queryText(request: FastifyRequest, name: string): string | undefined {
  const query = request.query as Readonly<Record<string, unknown>>
  const untrusted = Object.hasOwn(query, name) ? query[name] : undefined
  const first: unknown = Array.isArray(untrusted) ? untrusted[0] : untrusted
  return typeof first === 'string' && first !== '' ? first : undefined
}

/** @throws Refusal 400 where it is absent */
export function requiredQuery(request: FastifyRequest, name: string): string {
  const text = queryText(request, name)
  if (text === undefined) throw new Refusal(400, `${name} is required`)
  return text
}

/** True of `true`, `1`, `yes` and `on`; what else is said is `otherwise` where nothing is, and false. */
export function queryFlag(request: FastifyRequest, name: string, otherwise = false): boolean {
  const text = queryText(request, name)
  return text === undefined ? otherwise : isYes(text)
}

/** Names that are separated by commas; undefined where none was given. */
export function queryNames(request: FastifyRequest, name: string): ReadonlySet<string> | undefined {
  const text = queryText(request, name)
  return text === undefined ? undefined : new Set(text.split(',').map((one) => one.trim()))
}

/** A name in the path. */
export function pathText(request: FastifyRequest, name: string): string {
  const params = request.params as Readonly<Record<string, string | undefined>>
  return params[name] ?? ''
}

/** A number in the path; undefined where it is none, so that nothing has it. */
export function pathNumber(request: FastifyRequest, name: string): number | undefined {
  const text = pathText(request, name)
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined
}

export type JsonObject = Readonly<Record<string, unknown>>

/** A body that is a JSON object. @throws Refusal 400 where it is none */
export function bodyObject(request: FastifyRequest): JsonObject {
  const object = asObject(request.body)
  if (!object) throw new Refusal(400, 'this endpoint expects a json object payload')
  return object
}

export function asObject(untrusted: unknown): JsonObject | undefined {
  const isObject = typeof untrusted === 'object' && untrusted !== null && !Array.isArray(untrusted)
  return isObject ? (untrusted as JsonObject) : undefined
}

/** A member of a body; undefined where it is absent or null. */
export function member(body: JsonObject, name: string): unknown {
  return Object.hasOwn(body, name) ? (body[name] ?? undefined) : undefined
}

/** A share from 0 to 1, also as a text, as some clients send it. @throws Refusal 400 */
export function shareOf(untrusted: unknown, name: string): number {
  const text = typeof untrusted === 'string' && untrusted.trim() !== '' ? Number(untrusted) : untrusted
  if (typeof text !== 'number' || !(text >= 0 && text <= 1))
    throw new Refusal(400, `${name} must be a number from 0.0 to 1.0`)
  return text
}

/** A yes or no, also as a text or number. @throws Refusal 400 */
export function flagOf(untrusted: unknown, name: string): boolean {
  if (typeof untrusted === 'boolean') return untrusted
  const text = String(untrusted)
  if (typeof untrusted === 'object' || !/^(true|1|yes|on|false|0|no|off)$/i.test(text))
    throw new Refusal(400, `${name} must be true or false`)
  return isYes(text)
}

/** @throws Refusal 400 */
export function contentTypeOf(untrusted: string): ContentType {
  const known = CONTENT_TYPES.find((name) => name === untrusted)
  if (!known) throw new Refusal(400, `no such content_type: '${shown(untrusted)}'`)
  return known
}

/** What a client sent, short enough to be said back to it. */
export function shown(untrusted: string): string {
  return untrusted.slice(0, 64).replace(/[^\x20-\x7e]/g, '?')
}

function isYes(text: string): boolean {
  return /^(true|1|yes|on)$/i.test(text)
}
