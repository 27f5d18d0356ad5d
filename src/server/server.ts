/** Server: the HTTP service put together: who may come in, what is answered, and how it ends. */
import cookie from '@fastify/cookie'
import multipart from '@fastify/multipart'
import Fastify, { type FastifyInstance } from 'fastify'
import { LIMITS } from '#contract/limits'
import { Together } from '#workflow/gate/together'
import { Views } from '#workflow/gate/view'
import { COMPILERS, compileBetween } from './compilers.ts'
import { SERVER_SETTINGS, type ServerDesk, type ServerSettings } from './desk.ts'
import { GateReports } from './gate-reports.ts'
import type { Gatehouse } from './guard.ts'
import { hmaRoutes } from './hma/plugin.ts'
import { Metrics } from './metrics.ts'
import { refuseConnection, tell, tellProblems } from './problems.ts'
import { Quotas } from './quota.ts'
import { describeApi } from './reference.ts'
import { requestId } from './request.ts'
import { authorityRoutes } from './routes/authorities.ts'
import { boardRoute } from './routes/board.ts'
import { caseRoutes } from './routes/cases.ts'
import { consoleRoutes } from './routes/console.ts'
import { contactRoute } from './routes/contacts.ts'
import { defenceRoutes } from './routes/defence.ts'
import { demonstrationRoutes } from './routes/demonstration.ts'
import { deskListRoutes } from './routes/desk-lists.ts'
import { entryRoutes } from './routes/entries.ts'
import { exposureRoutes } from './routes/exposure.ts'
import { findRoutes } from './routes/finds.ts'
import { goldenRoutes } from './routes/golden.ts'
import { handoverRoutes } from './routes/handovers.ts'
import { hashRoute } from './routes/hash.ts'
import { healthRoutes } from './routes/health.ts'
import { ledgerRoutes } from './routes/ledger.ts'
import { listRoutes } from './routes/lists.ts'
import { liveRoute } from './routes/live.ts'
import { hashesRoutes, matchRoute } from './routes/match.ts'
import { meRoute } from './routes/me.ts'
import { offerRoutes } from './routes/offers.ts'
import { passkeyListRoutes } from './routes/passkeys.ts'
import { peopleRoutes } from './routes/people.ts'
import { queueRoutes } from './routes/queue.ts'
import { recipientRoutes } from './routes/recipients.ts'
import { reportPages } from './routes/report-page.ts'
import { intakeOf, reportRoutes } from './routes/reports.ts'
import { retentionRoutes } from './routes/retention.ts'
import { setupPage } from './routes/setup-page.ts'
import { signInRoutes } from './routes/sign-in.ts'
import { storyRoutes } from './routes/story.ts'
import { vaultRoutes } from './routes/vault.ts'
import { viewingRoutes } from './routes/viewings.ts'
import { voteRoutes } from './routes/votes.ts'
import { decoratePeople } from './session/guard.ts'
import { Stopping, stopServer } from './stopping.ts'
import { takeFiles, UploadRoom } from './uploads.ts'
import { validationFault } from './validation.ts'

/** What the routes share. */
export interface Service extends ServerDesk, Gatehouse {
  readonly settings: ServerSettings
  readonly views: Views
  readonly together: Together
  readonly room: UploadRoom
  readonly metrics: Metrics
  /** Brings what the gate stopped to the desk; absent where that is off. */
  readonly gateReports?: GateReports
}

declare module 'fastify' {
  interface FastifyInstance {
    /** What the routes share; for routes that are registered from elsewhere. */
    readonly service: Service
    /** Refuses new requests, finishes those in hand, and closes. @returns how many were cut off */
    stopGently(): Promise<number>
  }
}

/** Puts the server together. It listens nowhere yet: `app.listen`, or `app.inject` in tests. */
export function buildServer(desk: ServerDesk): FastifyInstance {
  const service = serviceOf(desk)
  const { stopping, settings } = service
  const app: FastifyInstance = Fastify({
    ...httpOptions(settings),
    frameworkErrors: (error, request, reply) => tell(error, request, reply, service.log),
  })
  app.server.maxConnections = settings.connectionsMax
  app.decorateRequest('client', null)
  decoratePeople(app)
  app.decorate('service', service)
  app.decorate('stopGently', () => stopServer(app, stopping, settings.stopSecondsMax))
  tellProblems(app, service.log)
  app.addHook('onReady', async () => service.gateReports?.start())
  app.addHook('onClose', async () => service.gateReports?.idle())
  app.addHook('onListen', async () => {
    const stop = compileBetween(() => service.index.state.kind === 'ready')
    app.server.once('close', stop)
  })
  app.register(cookie)
  count(app, service)
  describeApi(app)
  app.register(async (scope) => {
    takeFiles(scope)
    await scope.register(multipart)
    matchRoute(scope, service)
    hashRoute(scope, service)
  })
  app.register(async (scope) => {
    hashesRoutes(scope, service)
    listRoutes(scope, service)
    entryRoutes(scope, service)
    meRoute(scope, service)
    healthRoutes(scope, service)
    demonstrationRoutes(scope, service)
  })
  app.register(async (scope) => offerRoutes(scope, service))
  app.register(async (scope) => ledgerRoutes(scope, service))
  app.register(async (scope) => reportRoutes(scope, service))
  app.register(async (scope) => reportPages(scope, service))
  peopleAndEvidence(app, service)
  theDesk(app, service)
  const { console: pages } = service
  if (pages !== undefined) app.register(async (scope) => consoleRoutes(scope, pages))
  hmaRoutes(app, service)
  return app
}

/** Who works here, and what they do with what is sealed. */
function peopleAndEvidence(app: FastifyInstance, service: Service): void {
  app.register(async (scope) => {
    setupPage(scope)
    signInRoutes(scope, service)
    passkeyListRoutes(scope, service)
    peopleRoutes(scope, service)
    vaultRoutes(scope, service)
    authorityRoutes(scope, service)
    retentionRoutes(scope, service)
    findRoutes(scope, service)
    defenceRoutes(scope, service)
  })
  app.register(async (scope) => {
    viewingRoutes(scope, service)
    exposureRoutes(scope, service)
    recipientRoutes(scope, service)
    handoverRoutes(scope, service)
  })
}

/** What waits for people, and what they make of it. */
function theDesk(app: FastifyInstance, service: Service): void {
  app.register(async (scope) => {
    queueRoutes(scope, service)
    caseRoutes(scope, service)
    voteRoutes(scope, service)
    liveRoute(scope, service)
    boardRoute(scope, service)
    goldenRoutes(scope, service)
    storyRoutes(scope, service)
    deskListRoutes(scope, service)
    contactRoute(scope, service)
  })
}

function serviceOf(desk: ServerDesk): Service {
  const settings = { ...SERVER_SETTINGS, ...desk.settings }
  const stopping = new Stopping()
  const room = new UploadRoom(settings.uploadsBytesMax)
  const metrics = new Metrics({ index: desk.index, stopping, room })
  const quotas = new Quotas()
  const gate = { index: desk.index, views: new Views(desk.index), now: () => desk.now() }
  const shared = {
    ...desk,
    ...gate,
    settings,
    together: new Together(gate),
    stopping,
    room,
    metrics,
    quotas,
  }
  const { reportGate = 'off' } = desk.intake ?? {}
  if (reportGate === 'off') return shared
  const counted = (outcome: 'brought' | 'failed'): void => metrics.reported(outcome)
  return { ...shared, gateReports: new GateReports({ intake: intakeOf(shared), log: desk.log, counted }) }
}

function httpOptions({ requestSecondsMax, trustProxy }: ServerSettings) {
  const milliseconds = requestSecondsMax * 1000
  return {
    logger: false, // each request would cost a log of its own: what matters is written by hand
    genReqId: requestId,
    requestIdHeader: false as const,
    bodyLimit: LIMITS.jsonBytesMax,
    requestTimeout: milliseconds,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    // The nearest alone: what stands further left in the header was written by whoever sends, who would be anybody else
    // each time.
    trustProxy: trustProxy && ((_address: string, hop: number) => hop === 0),
    return503OnClosing: false,
    forceCloseConnections: 'idle' as const,
    clientErrorHandler: refuseConnection,
    schemaErrorFormatter: validationFault,
    schemaController: { compilersFactory: COMPILERS },
    // Clients join a base that ends in a slash with a path that begins with one.
    routerOptions: { maxParamLength: 200, ignoreDuplicateSlashes: true },
    ajv: {
      customOptions: { removeAdditional: false as const, coerceTypes: false as const, useDefaults: false },
    },
    http: {
      headersTimeout: Math.min(milliseconds, 20_000),
      connectionsCheckingInterval: 1000,
      maxHeaderSize: 16_384,
    },
  }
}

/** Counts what is in hand and how long it took; writes what was slow. */
function count(app: FastifyInstance, { stopping, metrics, log, settings }: Service): void {
  app.addHook('onRequest', (request, reply, done) => {
    stopping.begun()
    reply.header('x-request-id', request.id)
    reply.raw.once('close', () => stopping.ended())
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    const seconds = reply.elapsedTime / 1000
    const route = request.routeOptions.url ?? 'none'
    metrics.answered(route, reply.statusCode, seconds)
    if (seconds > settings.slowSeconds)
      log.info('a slow request', { requestId: request.id, route, status: reply.statusCode, seconds })
    done()
  })
}
