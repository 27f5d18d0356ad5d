/** Uploads: files taken into memory as they arrive, within a limit for each and for all together; never a disk. */
import type { Multipart, MultipartFile } from '@fastify/multipart'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { LIMITS } from '#contract/limits'
import { Fault } from '#terms/fault'

/** A file in memory; `release` when nothing reads it any more. */
export interface Upload {
  readonly bytes: Buffer
  readonly reference?: string
  release(): void
}

/** Bytes in hand of all uploads. It lives as long as the server. */
export class UploadRoom {
  readonly #bytesMax: number
  #held = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get heldBytes(): number {
    return this.#held
  }

  /** @throws Fault `server.busy` when all uploads together would take too much */
  take(bytes: number): void {
    if (this.#held + bytes > this.#bytesMax)
      throw new Fault('server.busy', 'too many files are in work at once')
    this.#held += bytes
  }

  give(bytes: number): void {
    this.#held -= bytes
  }
}

/** Types whose body is a file as it stands. */
const RAW = /^(?:image\/[a-z0-9.+-]+|application\/octet-stream)(?:\s*;.*)?$/i

/** Lets bodies that are files through unread, for `uploaded`. */
export function takeFiles(app: FastifyInstance): void {
  app.addContentTypeParser(RAW, (_request, payload, done) => done(null, payload))
}

/** True of a request whose body is a file, or a form with one. */
export function isUpload(request: FastifyRequest): boolean {
  const type = request.headers['content-type'] ?? ''
  return RAW.test(type) || request.isMultipart()
}

/**
 * Takes the file of a request into memory: its body, or the one file of its form.
 *
 * @throws Fault `request.too-large`; `server.busy`; `request.invalid` where there is no file, or nothing in it;
 *   `request.unsupported` where it is encoded: what was hashed would not be the file
 */
export async function uploaded(request: FastifyRequest, room: UploadRoom, bytesMax: number): Promise<Upload> {
  refuseEncoded(request.headers['content-encoding'])
  const said = Number(request.headers['content-length'] ?? 0)
  if (said > bytesMax + FORM_BYTES_MAX) throw tooLarge(bytesMax)
  if (!request.isMultipart()) return held(request.body as AsyncIterable<Buffer>, room, bytesMax)
  let file: Upload | undefined
  let reference: string | undefined
  try {
    for await (const part of request.parts(formLimits(bytesMax))) {
      if (part.type === 'file') file = await fileOf(part, file, room, bytesMax)
      else if (part.fieldname === 'reference') reference = referenceOf(part)
      else throw new Fault('request.invalid', 'the form takes the parts "file" and "reference"')
    }
    if (file === undefined) throw new Fault('request.invalid', 'the form has no file')
    return { ...file, ...(reference !== undefined && { reference }) }
  } catch (error) {
    file?.release()
    throw brokenOff(error)
  }
}

/** True of every encoding that changes the bytes. */
export function isEncoded(encoding: string | undefined): boolean {
  return encoding !== undefined && !/^(?:identity|7bit|8bit|binary)?$/i.test(encoding.trim())
}

/** @throws Fault `request.unsupported` where the bytes are not the file itself */
export function refuseEncoded(encoding: string | undefined): void {
  if (isEncoded(encoding))
    throw new Fault('request.unsupported', 'a file is sent as it stands, without an encoding')
}

/** What fails while a body is read comes from whoever sends it. */
export function brokenOff(error: unknown): unknown {
  const isTold = error instanceof Fault || (error instanceof Error && 'statusCode' in error)
  return isTold ? error : new Fault('request.invalid', 'the body broke off or is no form', { cause: error })
}

/** What the other parts and the borders of a form may take. */
const FORM_BYTES_MAX = 16_384

function formLimits(bytesMax: number) {
  return {
    limits: { fileSize: bytesMax + 1, files: 1, fields: 4, parts: 5, fieldSize: 1024, headerPairs: 50 },
  }
}

function referenceOf(part: Exclude<Multipart, MultipartFile>): string {
  const { value } = part
  if (typeof value === 'string' && value.length > 0 && value.length <= LIMITS.referenceCharactersMax)
    return value
  throw new Fault('request.invalid', `a reference has 1 to ${LIMITS.referenceCharactersMax} characters`)
}

async function fileOf(
  part: MultipartFile,
  had: Upload | undefined,
  room: UploadRoom,
  bytesMax: number,
): Promise<Upload> {
  if (had) throw new Fault('request.invalid', 'the form has more than one file')
  refuseEncoded(part.encoding)
  return held(part.file, room, bytesMax)
}

/** Room is taken as the bytes come, since what is said of their number need not be so. */
async function held(body: AsyncIterable<Buffer>, room: UploadRoom, bytesMax: number): Promise<Upload> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  try {
    for await (const chunk of body) {
      if (sizeBytes + chunk.length > bytesMax) throw tooLarge(bytesMax)
      room.take(chunk.length)
      sizeBytes += chunk.length
      chunks.push(chunk)
    }
    // An empty file is on no list: whoever sends one has lost the file, and is not to take that for an answer about it.
    if (sizeBytes === 0) throw new Fault('request.invalid', 'the file is empty')
  } catch (error) {
    room.give(sizeBytes)
    throw brokenOff(error)
  }
  let isHeld = true
  const release = (): void => {
    if (isHeld) room.give(sizeBytes)
    isHeld = false
  }
  const [first] = chunks
  return { bytes: chunks.length === 1 && first ? first : Buffer.concat(chunks, sizeBytes), release }
}

function tooLarge(bytesMax: number): Fault {
  return new Fault(
    'request.too-large',
    `a file may have ${bytesMax} bytes; larger ones can be asked about by their hashes`,
  )
}
