/** Console: the desk's pages and what they are made of. */
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'

/** Addresses that the console shows; all else is what it says it is. */
const PAGES = [
  '/sign-in',
  '/queue',
  '/cases/*',
  '/lists',
  '/lists/*',
  '/people',
  '/people/*',
  '/exposure',
  '/ledger',
  '/ledger/*',
  '/board',
  '/settings',
  '/audit',
]

/** Nothing from elsewhere, no frame around it, nothing kept; styles of its own that components write. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** The pages of the desk, where they were built. @param folder of the built console */
export function consoleRoutes(app: FastifyInstance, folder: string): void {
  app.register(fastifyStatic, {
    root: folder,
    serve: false,
    // The build has packed what is worth it; whoever cannot unpack it gets it as it is.
    preCompressed: true,
    cacheControl: false,
    index: false,
  })
  const page = (_request: unknown, reply: FastifyReply): FastifyReply =>
    shown(reply, 'no-store').sendFile('index.html')
  for (const url of ['/', ...PAGES]) app.get(url, { schema: { hide: true } }, page)
  app.get('/mark.svg', { schema: { hide: true } }, (_request, reply) =>
    shown(reply, 'public, max-age=86400').sendFile('mark.svg'),
  )
  // Their names hold a digest of what they are.
  app.get('/assets/*', { schema: { hide: true } }, (request, reply) => {
    const name = (request.params as { '*': string })['*']
    return shown(reply, 'public, max-age=31536000, immutable').sendFile(`assets/${name}`)
  })
}

function shown(reply: FastifyReply, caching: string): FastifyReply {
  return reply.headers({
    'cache-control': caching,
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), display-capture=()',
  })
}
