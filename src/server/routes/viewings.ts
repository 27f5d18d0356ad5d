/** Viewings: a picture is asked for, given once, and ended. Nothing of it may be kept by anything on the way. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import * as contract from '#contract/viewings'
import { EXPOSURE_POLICY } from '#people/exposure'
import { Fault } from '#terms/fault'
import type { FramesAsked } from '#terms/video'
import { askViewing, type Shown, showViewing, type ViewDesk } from '#workflow/evidence/view'
import { endViewing } from '#workflow/evidence/view-end'
import { showFrames } from '#workflow/evidence/view-video'
import { problems, SIGNED_IN } from '../reference.ts'
import type { Service } from '../server.ts'
import { signedInGuard } from '../session/guard.ts'

const tags = ['evidence']
const security = SIGNED_IN
const params = contract.ViewingNamed

/** `POST /v1/viewings`, `POST /v1/viewings/{id}/picture`, `POST /v1/viewings/{id}/end` */
export function viewingRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const ask = {
    ...{ tags, security, body: contract.ViewingAskedBody },
    summary: 'Asks to look at an item, for a purpose. It is granted or refused, on record.',
    response: { 201: contract.ViewingTold, ...problems(400, 401, 403, 404, 409, 503) },
  }
  app.post('/v1/viewings', { schema: ask, onRequest }, async (request, reply) => {
    const {
      item,
      level,
      purpose,
      case: caseNumber,
      region,
      frames,
      seconds,
    } = request.body as contract.ViewingAskedBody
    const granted = await askViewing(viewDesk(service), {
      ...{ by: request.person.id, item, level, purpose },
      ...(caseNumber !== undefined && { caseNumber }),
      ...(region && { region }),
      ...(frames && { frames: framesAsked(frames) }),
      ...(seconds !== undefined && { boxSeconds: seconds }),
    })
    const { id, boxSeconds, exposure, exposureUnits, grant } = granted
    reply.code(201)
    const told = { viewing: id, seconds: boxSeconds, exposure, units: exposureUnits }
    return { ...told, ...(grant.override !== undefined && { override: grant.override }) }
  })
  pictureRoute(app, service)
  framesRoute(app, service)
  const end = {
    ...{ tags, security, params, body: contract.SeenBody },
    summary: 'Says that a viewing is over. Where nobody says so, the whole of its time is counted.',
    response: { 200: contract.EndedTold, ...problems(400, 401, 404, 409, 503) },
  }
  app.post('/v1/viewings/:id/end', { schema: end, onRequest }, async (request) => {
    const { seenMilliseconds, complete } = request.body as contract.SeenBody
    const seen = { seenMilliseconds, isComplete: complete }
    const ended = await endViewing(viewDesk(service), request.person.id, idOf(request), seen)
    const { ending, exposureUnits, isWhole } = ended
    return { ending, seenMilliseconds: ended.seenMilliseconds, units: exposureUnits, whole: isWhole }
  })
}

/** A request that changes something, and so no GET: nothing fetches it ahead, and no HEAD spends it. */
function pictureRoute(app: FastifyInstance, service: Service): void {
  const picture = { schema: { type: 'string', format: 'binary' } }
  const schema = {
    ...{ tags, security, params, body: contract.ShowBody },
    summary: 'Gives what a viewing shows, once.',
    response: {
      200: {
        description: 'The picture at its level, made anew from its pixels; of a `card`, JSON.',
        content: {
          'image/png': picture,
          'image/jpeg': picture,
          'application/json': { schema: contract.CardTold },
        },
      },
      ...problems(400, 401, 404, 409, 422, 503),
    },
  }
  const onRequest = signedInGuard(service)
  app.post('/v1/viewings/:id/picture', { schema, onRequest }, async (request, reply) => {
    const asked = request.body as contract.ShowBody
    const shown = await showViewing(viewDesk(service), request.person.id, idOf(request), asked)
    return give(reply, shown)
  })
}

/** Frames come in one answer, each by itself: nothing plays. */
function framesRoute(app: FastifyInstance, service: Service): void {
  const schema = {
    ...{ tags, security, params, body: contract.ShowFramesBody },
    summary: 'Gives the frames of a video that a viewing was granted for, once: pictures without sound.',
    response: { 200: contract.FramesTold, ...problems(400, 401, 403, 404, 409, 422, 503) },
  }
  app.post(
    '/v1/viewings/:id/frames',
    { schema, onRequest: signedInGuard(service) },
    async (request, reply) => {
      const asked = request.body as contract.ShowFramesBody
      const shown = await showFrames(viewDesk(service), request.person.id, idOf(request), asked)
      reply.headers(NOT_KEPT)
      const { frames, secondsInAll, isWhole: whole, until } = shown
      return {
        ...{ secondsInAll, whole, until },
        frames: frames.map(({ bytes, ...frame }) => ({ ...frame, picture: bytes.toString('base64') })),
      }
    },
  )
}

function framesAsked(frames: NonNullable<contract.ViewingAskedBody['frames']>): FramesAsked {
  return 'strip' in frames ? { kind: 'strip', frames: frames.strip } : { kind: 'seconds', ...frames }
}

/** Nothing on the way may keep what is shown, or show it elsewhere. */
const NOT_KEPT = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; sandbox",
}

function give(reply: FastifyReply, shown: Shown): FastifyReply {
  reply.headers(NOT_KEPT)
  if (shown.kind === 'card') return reply.type('application/json').send(shown.card)
  const { mediaType, bytes, frames, isWhole, until } = shown
  reply.headers({ 'x-viewing-until': until, 'x-viewing-frames': frames, 'x-viewing-whole': String(isWhole) })
  return reply
    .serializer((body: unknown) => body as string)
    .type(mediaType)
    .send(bytes)
}

function idOf(request: FastifyRequest): string {
  return (request.params as { id: string }).id
}

/** What viewings are given with. @throws Fault `config.invalid` where this service has no vault, or renders nothing */
function viewDesk({
  evidence,
  render,
  renderVideo = noVideo,
  exposure = EXPOSURE_POLICY,
  now,
}: Service): ViewDesk {
  if (!evidence || !render) throw new Fault('config.invalid', 'this service shows no evidence')
  const { database, vault } = evidence
  return { database, vault, decoders: { render, renderVideo }, exposure, now: () => now() }
}

async function noVideo(): Promise<never> {
  throw new Fault('config.invalid', 'this service shows no video')
}
