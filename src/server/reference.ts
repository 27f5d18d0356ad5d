/** Reference: OpenAPI 3.1 from the contract, and the pages on which it is read; nothing is fetched from elsewhere. */
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance, FastifySchema } from 'fastify'
import Type from 'typebox'
import { LIMITS } from '#contract/limits'
import { Problem } from '#contract/problem'
import { VERSION } from '#ground/version'

const ABOUT = `Asks whether a file or a picture is on lists of known child sexual abuse material (CSAM).

Every request carries a key: \`Authorization: Bearer tut_…\`. An answer is **match**, **none** or **unknown**, with what to do
by the policy of the key (\`decision\`). *Unknown* means that a check could not be made: it never means that the picture is
harmless. Nor does *none*: it speaks of these lists, at these dates, within this distance.

Errors are problem details (RFC 9457) with a \`type\` that does not change. \`Idempotency-Key\` makes a request safe to repeat.`

/** The pages take nothing but what this service gives; their styles are partly written into them. */
const PAGE_POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'self'"

/** Describes the routes that are registered after it and have a tag. */
export function describeApi(app: FastifyInstance): void {
  app.register(swagger, {
    hideUntagged: true,
    transform: ({ schema, url, route: { config } }) => {
      const taken = config?.takesFile ? withFile(schema, config.form) : schema
      return { schema: config?.headers ? withHeaders(taken, config.headers) : taken, url }
    },
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Tutela', version: VERSION, description: ABOUT },
      tags: [
        { name: 'gate', description: 'Ask about a file, a picture or its hashes.' },
        { name: 'lists', description: 'Look at lists and their entries, and keep them right.' },
        { name: 'exchange', description: 'Fetch the lists that are offered to the key.' },
        { name: 'people', description: 'Sign in; who may do what; written authorities.' },
        {
          name: 'evidence',
          description: 'Sealed items: looked at, handed over, kept, destroyed, on record.',
        },
        { name: 'desk', description: 'Bring reports; work on cases without looking more than is needed.' },
        { name: 'ledger', description: 'Follow the ledger, and prove what is in it.' },
        { name: 'retention', description: 'Times, holds, copies, destruction, finds, defence records.' },
        { name: 'health', description: 'Whether the service is well.' },
      ],
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer' },
          session: { type: 'http', scheme: 'bearer', description: 'A person’s session: `tus_…`.' },
          cookie: { type: 'apiKey', in: 'cookie', name: '__Host-tutela' },
        },
      },
      security: [{ key: [] }],
    },
  })
  app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    transformStaticCSP: () => PAGE_POLICY,
    uiConfig: { layout: 'BaseLayout', tryItOutEnabled: false, validatorUrl: null },
  })
  app.register(async (scope) => {
    scope.get('/openapi.json', { schema: { hide: true } }, (_request, reply) => {
      reply.send(app.swagger())
    })
  })
}

const FileItself = Type.Unsafe<Buffer>({
  type: 'string',
  format: 'binary',
  description: 'The file as it stands.',
})

const Form = Type.Object(
  {
    file: Type.Unsafe<Buffer>({ type: 'string', format: 'binary', description: 'The file.' }),
    reference: Type.Optional(Type.String({ description: 'A token of your own for the item.' })),
  },
  { description: 'A form with one file.' },
)

declare module 'fastify' {
  interface FastifyContextConfig {
    /** True of a route whose body may be a file: its form is checked as it arrives, not by a schema. */
    readonly takesFile?: boolean
    /** The form in which its file comes, where it is another than a file and a reference; then a file comes in it alone. */
    readonly form?: object
    /** Headers that a route heeds; what they hold is checked where it is heeded. */
    readonly headers?: readonly (keyof typeof HEADERS)[]
  }
}

const HEADERS = {
  'idempotency-key': Type.String({
    maxLength: LIMITS.idempotencyKeyCharactersMax,
    description:
      'The same key gives the same answer again, for 24 hours: a request that names one is safe to repeat.',
  }),
  'if-match': Type.String({
    description: 'A version in quotes, as `ETag` gives it: refused with 412 where there is another.',
  }),
}

/** Config of a route whose answer is given once for each key. */
export const KEYED = { headers: ['idempotency-key'] as const }

/** Security of a route for people who are signed in, by a program or a browser. */
export const SIGNED_IN = [{ session: [] }, { cookie: [] }]

function withHeaders(schema: FastifySchema, names: readonly (keyof typeof HEADERS)[]): FastifySchema {
  const properties = Object.fromEntries(names.map((name) => [name, HEADERS[name]]))
  return { ...schema, headers: { type: 'object', properties } }
}

const FILE_BODY = {
  'multipart/form-data': { schema: Form },
  'application/octet-stream': { schema: FileItself },
  'image/*': { schema: FileItself },
}

/** A route's schema with the bodies in which it takes a file. */
function withFile(schema: FastifySchema, form?: object): FastifySchema {
  const { content = {} } = (schema.body ?? {}) as { content?: object }
  const files = form ? { 'multipart/form-data': { schema: form } } : FILE_BODY
  return { ...schema, body: { content: { ...content, ...files } } }
}

const ProblemTold = {
  description: 'What went wrong (RFC 9457 problem details).',
  content: { 'application/problem+json': { schema: Problem } },
}

/** The problems that a route is known to answer with; every other is told in the same form. */
export function problems(...statuses: readonly number[]): Record<string, object> {
  return Object.fromEntries([...statuses, 'default'].map((status) => [status, ProblemTold]))
}
