/** Cookie: how a browser holds a session: out of reach of scripts, sent by this site alone. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isOwnMachine } from '../request.ts'

/** The prefix binds it to this host over TLS; on this machine alone there is no TLS to bind to. */
const SECURE_NAME = '__Host-tutela'
const LOOPBACK_NAME = 'tutela'
/**
 * A provider sends the browser back from another site: its state must come along, and opens nothing. Bound to this host too: a
 * neighbouring one could else set a state of its own, and sign the browser in as somebody else.
 */
const STATE_SECURE_NAME = '__Host-tutela-oidc'
const STATE_LOOPBACK_NAME = 'tutela-oidc'
const STATE_SECONDS = 300

/** Gives a session to a browser. */
export function giveCookie(request: FastifyRequest, reply: FastifyReply, token: string, endsAt: Date): void {
  const secure = !isOwnMachine(request)
  const terms = { httpOnly: true, sameSite: 'strict', path: '/', expires: endsAt, secure } as const
  reply.setCookie(secure ? SECURE_NAME : LOOPBACK_NAME, token, terms)
}

/** Takes the session from a browser. */
export function takeCookie(reply: FastifyReply): void {
  reply.clearCookie(SECURE_NAME, { path: '/', secure: true, httpOnly: true, sameSite: 'strict' })
  reply.clearCookie(LOOPBACK_NAME, { path: '/', httpOnly: true, sameSite: 'strict' })
}

/** The session that a browser sends: on a way over the network only the one that is bound to it. */
export function cookieOf(request: FastifyRequest): string | undefined {
  return request.cookies[SECURE_NAME] ?? (isOwnMachine(request) ? request.cookies[LOOPBACK_NAME] : undefined)
}

/** Lets a browser keep the state of a sign-in at a provider. */
export function giveState(request: FastifyRequest, reply: FastifyReply, state: string): void {
  const secure = !isOwnMachine(request)
  const terms = { httpOnly: true, sameSite: 'lax', path: '/', secure } as const
  reply.setCookie(secure ? STATE_SECURE_NAME : STATE_LOOPBACK_NAME, state, {
    ...terms,
    maxAge: STATE_SECONDS,
  })
}

/** The state that a browser kept, which it need not keep any longer. */
export function takeState(request: FastifyRequest, reply: FastifyReply): string | undefined {
  const secure = !isOwnMachine(request)
  const name = secure ? STATE_SECURE_NAME : STATE_LOOPBACK_NAME
  reply.clearCookie(name, { path: '/', httpOnly: true, sameSite: 'lax', secure })
  return request.cookies[name]
}
