/**
 * Compilers: what checks requests and writes answers, made once for each schema of the contract, when it is first needed.
 *
 * A problem's schema stands under many statuses of every route; made anew for each, they were most of the time that the service
 * takes to start, and made before the first request they were still a third of its work.
 */
import ajvCompiler from '@fastify/ajv-compiler'
import serializerCompiler from '@fastify/fast-json-stringify-compiler'
import type { FastifyServerOptions } from 'fastify'

type Factories = NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>

/** A function that a compiler made; what was wrong with the last value stands at it, as Fastify and Ajv have it. */
interface Compiled {
  (value: unknown): unknown
  errors?: unknown
}

/** Schemas that nothing was compiled from yet. */
const waiting = new Set<() => Compiled>()

type Build = (shared: object, options: object) => (route: { readonly schema?: unknown }) => Compiled

/** For `schemaController` of Fastify: its own compilers, each schema compiled once for as long as the process runs. */
export const COMPILERS = {
  buildValidator: onceForEach(ajvCompiler() as unknown as Build),
  buildSerializer: onceForEach(serializerCompiler() as unknown as Build),
} as unknown as Factories

/** How long a service that is not ready yet is left alone. */
const AGAIN_MILLISECONDS = 100

/** How many schemas no request has asked for yet. */
export function uncompiled(): number {
  return waiting.size
}

/** Compiles all that waits once the service is ready, a schema at a time between requests. @returns what ends it early */
export function compileBetween(isReady: () => boolean): () => void {
  let timer: NodeJS.Timeout | undefined
  const next = (): void => {
    const isNow = isReady()
    const [compile] = waiting
    if (isNow) compile?.()
    if (waiting.size > 0) timer = setTimeout(next, isNow ? 0 : AGAIN_MILLISECONDS).unref()
  }
  timer = setTimeout(next, AGAIN_MILLISECONDS).unref()
  return () => clearTimeout(timer)
}

/** A factory of compilers that are kept by their options, and what they made by its schema, both as text. */
function onceForEach(build: Build): Build {
  const compilers = new Map<string, ReturnType<Build>>()
  return (shared, options) => {
    const key = JSON.stringify([shared, options])
    const kept = compilers.get(key)
    if (kept) return kept
    const compile = build(shared, options)
    const made = new Map<string, Compiled>()
    const once: typeof compile = (route) => {
      const text = JSON.stringify(route.schema)
      const before = made.get(text)
      if (before !== undefined) return before
      const fresh = whenNeeded(() => compile(route))
      made.set(text, fresh)
      return fresh
    }
    compilers.set(key, once)
    return once
  }
}

/** A function that is compiled when it is first called, or by `compiling`. */
function whenNeeded(compile: () => Compiled): Compiled {
  let compiled: Compiled | undefined
  const now = (): Compiled => {
    compiled ??= compile()
    waiting.delete(now)
    return compiled
  }
  waiting.add(now)
  const called: Compiled = (value) => {
    const made = compiled ?? now()
    const answer = made(value)
    called.errors = made.errors
    return answer
  }
  return called
}
