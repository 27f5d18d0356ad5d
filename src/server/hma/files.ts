/** Files: what an HMA client uploads or names by its address, hashed by the types of signal it asked for. */
import type { FastifyRequest } from 'fastify'
import type { Fetched } from '#workflow/hma/desk'
import { type HashedFile, type Hashing, hashFile } from '#workflow/hma/hashing'
import { type SignalRatios, signalRatios } from '#workflow/hma/settings'
import { type ContentType, SIGNALS_OF, type Signals, type SignalType } from '#workflow/hma/signals'
import type { HmaServerDesk } from './desk.ts'
import { contentTypeOf, queryText, shown } from './parameters.ts'
import { Refusal } from './refusal.ts'
import { readForm } from './upload.ts'

/** A file and the types of signal that are answered of it. */
export interface AskedFile extends HashedFile {
  readonly types: readonly SignalType[]
  /** Every type that is switched on where none was chosen: something may match by another than those of its content. */
  readonly others: readonly SignalType[]
}

/** An uploaded file, and what else its form says. */
export interface UploadedFile extends AskedFile {
  readonly fields: ReadonlyMap<string, string>
}

/** Hashes the one file of a form. @throws Refusal 400, 413 */
export async function uploadedFile(desk: HmaServerDesk, request: FastifyRequest): Promise<UploadedFile> {
  const ratios = await signalRatios(desk)
  const form = await readForm(request, desk.bytesMax.video, async (contentType, body) => {
    const types = typesAsked(request, contentType, ratios)
    return { types, hashing: await hashFile(desk, contentType, body) }
  })
  const { types, hashing } = form.file
  return { ...readable(hashing), types, others: othersOf(request, ratios), fields: form.fields }
}

/**
 * Fetches and hashes what is at the address of the query.
 *
 * @throws Refusal 400 for what is no photo or video, 403 where fetching is not enabled; Fault `wire.*`
 */
export async function fetchedFile(
  desk: HmaServerDesk,
  request: FastifyRequest,
  untrustedUrl: string,
): Promise<AskedFile> {
  if (!desk.fetch) throw new Refusal(403, 'Hashing by url is disabled: fetch.enabled is not set')
  const ratios = await signalRatios(desk)
  return desk.fetch(untrustedUrl, async (fetched) => {
    if (fetched.status !== 200)
      throw new Refusal(400, `the url could not be fetched: it answered ${fetched.status}`)
    const contentType = contentTypeAsked(request, fetched)
    const types = typesAsked(request, contentType, ratios)
    const hashed = readable(await hashFile(desk, contentType, fetched.body))
    return { ...hashed, types, others: othersOf(request, ratios) }
  })
}

/** The signals that were asked for, under their names. */
export function askedSignals({ signals, types }: AskedFile): Signals {
  return Object.fromEntries(types.map((type) => [type, signals[type] ?? '']))
}

function contentTypeAsked(request: FastifyRequest, { headers }: Fetched): ContentType {
  const said = queryText(request, 'content_type')
  if (said !== undefined) return contentTypeOf(said)
  const remote = (headers['content-type'] ?? '').toLowerCase()
  if (remote.startsWith('image')) return 'photo'
  if (remote.startsWith('video')) return 'video'
  const hint = 'if you know the expected type, provide it with the content_type query param'
  throw new Refusal(400, `unsupported url ContentType: '${shown(remote)}', ${hint}`)
}

function othersOf(request: FastifyRequest, ratios: SignalRatios): readonly SignalType[] {
  if (queryText(request, 'types') !== undefined) return []
  return [...ratios].filter(([, ratio]) => ratio > 0).map(([type]) => type)
}

function typesAsked(
  request: FastifyRequest,
  contentType: ContentType,
  ratios: SignalRatios,
): readonly SignalType[] {
  const enabled = SIGNALS_OF[contentType].filter((type) => (ratios.get(type) ?? 0) > 0)
  if (enabled.length === 0) throw new Refusal(500, 'No signal types configured!')
  const wanted = queryText(request, 'types')
  if (wanted === undefined) return enabled
  const names = wanted.split(',').map((name) => name.trim())
  const types = names
    .filter((name) => name !== '')
    .map((name) => {
      const type = enabled.find((one) => one === name)
      if (!type) throw new Refusal(400, `signal type '${shown(name)}' doesn't exist or is disabled`)
      return type
    })
  if (types.length === 0) throw new Refusal(400, 'empty signal type selection')
  return [...new Set(types)]
}

function readable(hashing: Hashing): HashedFile {
  if (hashing.kind === 'unreadable')
    throw new Refusal(400, `the file could not be hashed: ${hashing.because}`)
  return hashing
}
