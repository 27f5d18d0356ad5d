/** Hash: a file comes in, its hashes go out; no list is asked. */
import type { FastifyInstance } from 'fastify'
import { HashAnswer } from '#contract/answer'
import { whyIncomplete } from '#matching/verdict'
import { Fault } from '#terms/fault'
import { ORIENTATIONS } from '#terms/hash'
import type { FileReading, FrameHashes } from '#terms/media'
import { guard } from '../guard.ts'
import { problems } from '../reference.ts'
import type { Service } from '../server.ts'
import { isUpload, uploaded } from '../uploads.ts'

const TAKES_FILE = { takesFile: true }

/** `POST /v1/hash` */
export function hashRoute(app: FastifyInstance, service: Service): void {
  const schema = {
    tags: ['gate'],
    summary: 'The hashes of a file.',
    description:
      'Digests always; for a picture PDQ of every distinct frame, whole and without its border, in eight orientations. ' +
      'The file is held in memory, decoded in a confined process and dropped.',
    response: { 200: HashAnswer, ...problems(400, 401, 403, 413, 415, 429, 503) },
  }
  app.post(
    '/v1/hash',
    { schema, config: TAKES_FILE, onRequest: guard(service, 'match') },
    async (request) => {
      if (!isUpload(request))
        throw new Fault('request.unsupported', 'a file is hashed, as a form or as it stands')
      const upload = await uploaded(request, service.room, service.settings.uploadBytesMax)
      try {
        return hashAnswer(await service.decoders.readBytes(upload.bytes, { pictures: true }))
      } finally {
        upload.release()
      }
    },
  )
}

function hashAnswer(reading: FileReading): HashAnswer {
  if (reading.kind === 'unread') throw new Fault('server.stopping', 'the decoders were closed')
  const { digests, content } = reading
  const { bytes, ...named } = digests
  const because = whyIncomplete(content)
  return {
    kind: content.kind,
    ...(content.format !== undefined && { format: content.format }),
    bytes,
    digests: named,
    ...(content.kind === 'picture' && {
      width: content.width,
      height: content.height,
      frames: content.frames.map(framePart),
    }),
    ...(because && { because }),
  }
}

function framePart({ frame, region, quality, orientations }: FrameHashes) {
  const hashes = Buffer.from(orientations.buffer, orientations.byteOffset, orientations.byteLength)
  const pdq = ORIENTATIONS.map((orientation, at) => ({
    orientation,
    hash: hashes.toString('hex', at * 32, at * 32 + 32),
  }))
  return { frame, region, quality, pdq }
}
