/** Queries: what the pages ask of the service, and what an answer that is none looks like. */
import { QueryClient } from '@tanstack/react-query'
import { doubtService } from './service.ts'

const PROBLEM_TYPE = 'urn:tutela:fault:'

/** A problem that the service told, RFC 9457. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly hint: string | undefined

  constructor(
    status: number,
    told: { readonly detail?: string; readonly type?: string; readonly hint?: string },
  ) {
    super(told.detail ?? `the service answered ${status}`)
    this.status = status
    this.code = told.type?.startsWith(PROBLEM_TYPE) ? told.type.slice(PROBLEM_TYPE.length) : 'unknown'
    this.hint = told.hint
  }
}

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) => count < 2 && !(error instanceof Problem && error.status < 500),
    },
  },
})

/**
 * Asks the service. The session is a cookie, and goes along by itself.
 *
 * @returns what it answered; undefined where it answered nothing
 * @throws Problem for anything but success
 */
export async function ask<T>(path: string, options: { method?: string; body?: unknown } = {}): Promise<T> {
  const { method = options.body === undefined ? 'GET' : 'POST', body } = options
  const answer = await fetch(path, {
    method,
    credentials: 'same-origin',
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  }).catch(() => {
    void doubtService()
    throw new Problem(0, { detail: 'The service cannot be reached.', hint: 'Nothing was lost: try again.' })
  })
  if (answer.status === 204) return undefined as T
  const isJson = /json/.test(answer.headers.get('content-type') ?? '')
  const told = isJson ? ((await answer.json()) as unknown) : {}
  if (!answer.ok) throw new Problem(answer.status, told as { detail?: string })
  return told as T
}
