/** Upload: a form with exactly one file, whose field says what it is, hashed as it comes. */
import type { MultipartFile } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { CONTENT_TYPES, type ContentType } from '#workflow/hma/signals'
import { brokenOff, isEncoded } from '../uploads.ts'
import { Refusal } from './refusal.ts'

/** A form that was read to its end. */
export interface Form<T> {
  readonly contentType: ContentType
  /** What was made of the file. */
  readonly file: T
  readonly fields: ReadonlyMap<string, string>
}

const FIELDS_MAX = 16
const FIELD_BYTES_MAX = 1 << 20

/** True of a request whose body is a form with files. */
export function isForm(request: FastifyRequest): boolean {
  return request.isMultipart()
}

/**
 * Reads a form. The rest of one that is refused is read and dropped, within the same limits.
 *
 * @param read is given the file as it comes; nothing of it is kept here
 * @throws Refusal 400 without a file, with several, or with one whose field is no content type; 413
 */
export async function readForm<T>(
  request: FastifyRequest,
  bytesMax: number,
  read: (contentType: ContentType, body: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<Form<T>> {
  if (!isForm(request)) throw new Refusal(400, 'Missing multipart/form-data file upload')
  const fields = new Map<string, string>()
  const limits = {
    files: 2,
    fileSize: bytesMax + 1,
    fields: FIELDS_MAX,
    fieldSize: FIELD_BYTES_MAX,
    parts: 32,
  }
  const files: { readonly contentType: ContentType; readonly file: T }[] = []
  let refused: Refusal | undefined
  for await (const part of whole(request.parts({ limits }))) {
    if (part.type === 'field') {
      fields.set(part.fieldname, String(part.value))
      continue
    }
    refused ??= whyRefused(part, files.length)
    const contentType = CONTENT_TYPES.find((name) => name === part.fieldname)
    if (refused || !contentType) part.file.resume()
    else files.push({ contentType, file: await uncut(part, bytesMax, read(contentType, whole(part.file))) })
  }
  if (refused) throw refused
  const [only] = files
  if (!only) throw new Refusal(400, 'Missing multipart/form-data file upload')
  return { ...only, fields }
}

/** Gives what it is given; what fails on the way is the sender's. */
async function* whole<T>(parts: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* parts
  } catch (error) {
    throw brokenOff(error)
  }
}

function whyRefused({ fieldname, encoding }: MultipartFile, before: number): Refusal | undefined {
  if (isEncoded(encoding)) return new Refusal(415, 'a file is sent as it stands, without an encoding')
  if (before > 0) return new Refusal(400, 'Only one file allowed per request')
  const isKnown = CONTENT_TYPES.some((name) => name === fieldname)
  return isKnown ? undefined : new Refusal(400, 'the field of the file must be named photo or video')
}

/** What was made of a file, unless it was cut off at the limit. */
async function uncut<T>({ file }: MultipartFile, bytesMax: number, made: Promise<T>): Promise<T> {
  const result = await made
  if (file.truncated) throw new Refusal(413, `a file has at most ${bytesMax} bytes`)
  return result
}
