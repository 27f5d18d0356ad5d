/** Report form: a report as JSON, or as a form that brings the report first and then one file, which is read as it arrives. */
import type { Multipart } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { ReportBody } from '#contract/reports'
import { Fault } from '#terms/fault'
import { brokenOff, refuseEncoded } from './uploads.ts'
import { validationFault } from './validation.ts'

/** A report, and its file where it has one. */
export interface ReportIn {
  readonly body: ReportBody
  readonly file?: AsyncIterable<Uint8Array>
}

/** Of the report in a form. */
const REPORT_BYTES_MAX = 512 * 1024

/**
 * The report of a request.
 *
 * @throws Fault `request.invalid`, `request.too-large`, `request.unsupported`; the file's own while it is read
 */
export async function reportIn(request: FastifyRequest, bytesMax: number): Promise<ReportIn> {
  if (!request.isMultipart()) return { body: jsonBody(request.body) }
  const limits = { fileSize: bytesMax + 1, files: 2, fields: 1, parts: 2, fieldSize: REPORT_BYTES_MAX }
  const parts = request.parts({ limits: { ...limits, headerPairs: 50 } })
  try {
    const first = await parts.next()
    if (first.done || first.value.fieldname !== 'report') throw formFault()
    const body = await reportPart(request, first.value)
    const second = await parts.next()
    if (second.done) return { body }
    if (second.value.type !== 'file' || second.value.fieldname !== 'file') throw formFault()
    refuseEncoded(second.value.encoding)
    return { body, file: arriving(second.value.file, bytesMax) }
  } catch (error) {
    throw brokenOff(error)
  }
}

function jsonBody(body: unknown): ReportBody {
  if (typeof body !== 'object' || body === null) throw new Fault('request.invalid', 'the request has no body')
  return body as ReportBody // its form was checked by the schema
}

async function reportPart(request: FastifyRequest, part: Multipart): Promise<ReportBody> {
  const untrusted = part.type === 'file' ? await textOf(part.file) : part.value
  const parsed = typeof untrusted === 'string' ? (JSON.parse(untrusted) as unknown) : untrusted
  const validate = request.getValidationFunction(ReportBody) ?? request.compileValidationSchema(ReportBody)
  if (!validate(parsed)) throw validationFault(validate.errors ?? [], 'report')
  return parsed as ReportBody
}

async function textOf(file: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of file) {
    bytes += chunk.length
    if (bytes > REPORT_BYTES_MAX)
      throw new Fault('request.too-large', `a report has at most ${REPORT_BYTES_MAX} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** @throws Fault `request.too-large`; `request.invalid` where nothing arrives, or it breaks off */
async function* arriving(file: AsyncIterable<Uint8Array>, bytesMax: number): AsyncGenerator<Uint8Array> {
  try {
    let bytes = 0
    for await (const piece of file) {
      bytes += piece.length
      if (bytes > bytesMax) throw new Fault('request.too-large', `a file has ${bytesMax} bytes at most`)
      yield piece
    }
    if (bytes === 0) throw new Fault('request.invalid', 'the file is empty')
  } catch (error) {
    throw brokenOff(error)
  }
}

function formFault(): Fault {
  return new Fault('request.invalid', 'the form has the part "report" and, behind it, at most one "file"')
}
