/**
 * Compilers: what checks requests and writes answers, made once for each schema of the contract.
 *
 * A problem's schema stands under many statuses of every route; made anew for each, they were most of the time that the service
 * takes to start.
 */
import ajvCompiler from '@fastify/ajv-compiler'
import serializerCompiler from '@fastify/fast-json-stringify-compiler'
import type { FastifyServerOptions } from 'fastify'

type Factories = NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>

/** For `schemaController` of Fastify: its own compilers, each schema compiled once for as long as the process runs. */
export const COMPILERS: Factories = {
  buildValidator: onceForEach(ajvCompiler()),
  buildSerializer: onceForEach(serializerCompiler()),
}

/** A factory of compilers that are kept by their options, and what they made by its schema, both as text. */
function onceForEach<Shared, Options, Route, Made>(
  build: (shared: Shared, options: Options) => (route: Route) => Made,
): (shared: Shared, options: Options) => (route: Route) => Made {
  const compilers = new Map<string, (route: Route) => Made>()
  return (shared, options) => {
    const key = JSON.stringify([shared, options])
    const kept = compilers.get(key)
    if (kept) return kept
    const compile = build(shared, options)
    const made = new Map<string, Made>()
    const once = (route: Route): Made => {
      const text = JSON.stringify((route as { schema?: unknown }).schema) // what comes is a route's part, whatever its type says
      const before = made.get(text)
      if (before !== undefined) return before
      const fresh = compile(route)
      made.set(text, fresh)
      return fresh
    }
    compilers.set(key, once)
    return once
  }
}
