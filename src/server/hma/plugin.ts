/** Plugin: the HMA interface at the root of the service: /h, /m, /c and /status, each answering as HMA does. */
import multipart from '@fastify/multipart'
import type { FastifyInstance } from 'fastify'
import type { Service } from '../server.ts'
import { checkSettings } from './access.ts'
import { bankRoutes } from './curation/banks.ts'
import { contentRoutes } from './curation/contents.ts'
import { exchangeRoutes } from './curation/exchanges.ts'
import { signalTypeRoutes } from './curation/signal-types.ts'
import { hmaDesk } from './desk.ts'
import { hashingRoutes } from './hashing.ts'
import { matchingRoutes } from './matching.ts'
import { answerFailure } from './refusal.ts'
import { type Registered, statusRoutes } from './status.ts'

/**
 * Registers the HMA interface.
 *
 * @throws Fault `config.invalid` where its settings would open it to everybody
 */
export function hmaRoutes(app: FastifyInstance, service: Service): void {
  const desk = hmaDesk(service)
  checkSettings(desk.settings, service.settings.trustProxy)
  app.register(async (scope) => {
    const registered: Registered[] = []
    scope.setErrorHandler((error, request, reply) => answerFailure(error, request, reply, desk.log))
    scope.addHook('onRoute', ({ method, url, config }) => {
      const summary = config?.hmaSummary
      if (summary !== undefined && method !== 'HEAD')
        registered.push({ method: String(method), url, summary })
    })
    takeEmptyJson(scope)
    await scope.register(multipart)
    hashingRoutes(scope, desk)
    matchingRoutes(scope, desk)
    bankRoutes(scope, desk)
    contentRoutes(scope, desk)
    exchangeRoutes(scope, desk)
    signalTypeRoutes(scope, desk)
    statusRoutes(scope, desk, registered)
  })
}

/** Clients say `application/json` also where they send no body. */
function takeEmptyJson(scope: FastifyInstance): void {
  const parse = scope.getDefaultJsonParser('error', 'error')
  scope.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else parse(request, String(body), done)
  })
}
