/** Problems: how what went wrong is answered, and what of it is written to the log. */
import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { errorFields, type Log } from '#ground/log'
import { Fault } from '#terms/fault'
import { bugOf, faultOf, problemOf, type ToldProblem } from './faults.ts'

const TYPE = 'application/problem+json'

/** Answers every error of an instance and of those below it as a problem. */
export function tellProblems(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error, request, reply) => tell(error, request, reply, log))
  app.setNotFoundHandler((request, reply) => {
    tell(new Fault('request.not-found', 'there is nothing at this address'), request, reply, log)
  })
}

/** Answers one error. */
export function tell(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Log): void {
  const fault = faultOf(error)
  const told = fault ? problemOf(fault, request.id) : bugOf(request.id)
  note(log, told, request, fault ?? error)
  if (told.body.status === 401) reply.header('www-authenticate', 'Bearer realm="tutela"')
  if (told.retrySeconds !== undefined && !reply.hasHeader('retry-after'))
    reply.header('retry-after', told.retrySeconds)
  if (hasUnreadBody(request)) reply.header('connection', 'close')
  reply.serializer(JSON.stringify).code(told.body.status).type(TYPE).send(told.body)
}

/** True where some of the body is still to come: it is not waited for. */
function hasUnreadBody({ raw, headers }: FastifyRequest): boolean {
  const hasBody = headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
  return hasBody && !raw.complete
}

function note(log: Log, { body }: ToldProblem, request: FastifyRequest, error: unknown): void {
  const fields = {
    requestId: request.id,
    route: request.routeOptions?.url, // an address that is none has no route
    status: body.status,
    client: request.client?.name,
  }
  // While the index is built every look-up meets this, and a probe each second: it is no failure.
  const isFailure = body.status >= 500 && !(error instanceof Fault && error.code === 'index.not-ready')
  if (isFailure) log.error('a request failed', { ...fields, ...errorFields(error) })
  else log.debug('a request was refused', { ...fields, ...errorFields(error) })
}

/** Answers what is no request at all, or does not arrive in time, and closes the connection. */
export function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const code =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? 'request.too-slow'
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? 'request.too-large'
        : 'request.invalid'
  const { body } = problemOf(new Fault(code, 'the connection was closed'), '')
  const text = JSON.stringify(body)
  const head = [
    `HTTP/1.1 ${body.status} ${body.title}`,
    `Content-Type: ${TYPE}`,
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`)
}
