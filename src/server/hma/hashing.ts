/** Hashing: the routes under /h, which say what the signals of a file are and look nothing up. */
import type { FastifyInstance } from 'fastify'
import type { HmaServerDesk } from './desk.ts'
import { askedSignals, fetchedFile, uploadedFile } from './files.ts'
import { requiredQuery } from './parameters.ts'
import { route } from './route.ts'

/** Registers the routes. */
export function hashingRoutes(app: FastifyInstance, desk: HmaServerDesk): void {
  route(app, desk, {
    method: 'GET',
    url: '/h/hash',
    scopes: ['match'],
    summary: 'Hash what is at a url',
    answer: async (request) => askedSignals(await fetchedFile(desk, request, requiredQuery(request, 'url'))),
  })
  route(app, desk, {
    method: 'POST',
    url: '/h/hash',
    scopes: ['match'],
    summary: 'Hash an uploaded file; its field is named photo or video',
    answer: async (request) => askedSignals(await uploadedFile(desk, request)),
  })
}
