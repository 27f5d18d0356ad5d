/** Faults: the one table from a fault to its HTTP status, and how each is told (RFC 9457). */
import { PROBLEM_TYPE, type Problem } from '#contract/problem'
import { HINTS } from '#ground/hints'
import { Fault, type FaultCode } from '#terms/fault'

interface Told {
  readonly status: number
  readonly title: string
  /** When to ask again. */
  readonly retrySeconds?: number
}

const own = (title: string): Told => ({ status: 500, title })
const elsewhere = (title: string, retrySeconds = 30): Told => ({ status: 502, title, retrySeconds })
const later = (title: string, retrySeconds: number): Told => ({ status: 503, title, retrySeconds })

/** For each fault its status and title. A code missing here does not compile. */
const STATUS: Readonly<Record<FaultCode, Told>> = {
  'usage.invalid': { status: 400, title: 'The request is not valid' },
  'config.invalid': own('The service is not configured for this'),
  'list.invalid': { status: 422, title: 'The list is not valid' },
  'list.unreadable': own('A list cannot be read'),
  'index.damaged': later('The index is being rebuilt', 5),
  'index.newer': own('The index is of a newer version'),
  'index.unreadable': own('The index cannot be read'),
  'index.not-ready': later('The index is being built', 2),
  'input.missing': own('A file is missing'),
  'input.unreadable': own('A file cannot be read'),
  'output.failed': own('A file could not be written'),
  'sandbox.unavailable': later('The decoders cannot be confined', 60),
  'decoder.unavailable': later('The decoders could not be started', 10),
  'journal.damaged': own('A journal is damaged'),
  'journal.mismatch': own('A journal is of something else'),
  'journal.busy': own('A journal is in use'),
  'journal.ended': own('A journal has ended'),
  'store.missing': later('The database is missing', 30),
  'store.exists': { status: 409, title: 'There is a database already' },
  'store.unreachable': later('The database does not answer', 5),
  'store.unavailable': later('The database is not available', 30),
  'store.newer': own('The database is of a newer version'),
  'store.damaged': own('The database is damaged'),
  'store.full': { status: 507, title: 'The database has no room', retrySeconds: 60 },
  'store.conflict': { status: 409, title: 'Somebody else changed it at the same time' },
  'backup.damaged': own('A backup is damaged'),
  'register.unknown': { status: 404, title: 'There is no such list, entry or client' },
  'register.exists': { status: 409, title: 'It exists already' },
  'register.held': { status: 409, title: 'The change is beyond the bounds of the list' },
  'register.refused': { status: 403, title: 'The terms of the list do not permit this' },
  'source.invalid': own('A source is not valid'),
  'source.unreachable': elsewhere('The partner did not answer'),
  'source.damaged': elsewhere('The partner sent something else'),
  'source.refused': elsewhere('The partner refused the credentials'),
  'remote.failed': elsewhere('The remote matcher did not answer', 5),
  'ledger.damaged': own('The ledger is damaged'),
  'ledger.behind': own('The ledger is behind what was signed'),
  'ledger.pending': { status: 409, title: 'The leaf has no number yet', retrySeconds: 1 },
  'ledger.unknown': { status: 404, title: 'The ledger has no such part' },
  'wire.refused': { status: 422, title: 'The address may not be fetched' },
  'wire.unreachable': { status: 502, title: 'The address does not answer', retrySeconds: 30 },
  'wire.too-large': { status: 422, title: 'What lies at the address is too large' },
  'wire.too-slow': { status: 504, title: 'The address answers too slowly', retrySeconds: 30 },
  'request.invalid': { status: 400, title: 'The request is not valid' },
  'request.unauthenticated': { status: 401, title: 'A key is needed' },
  'request.forbidden': { status: 403, title: 'The key may not do this' },
  'request.not-found': { status: 404, title: 'There is nothing here' },
  'request.conflict': { status: 409, title: 'The same request is in work' },
  'request.outdated': { status: 412, title: 'It was changed since' },
  'request.reused': { status: 422, title: 'The idempotency key was used for another request' },
  'request.too-large': { status: 413, title: 'Too much at once' },
  'request.too-many': { status: 429, title: 'Too many requests' },
  'request.too-slow': { status: 408, title: 'The request did not arrive in time' },
  'request.unsupported': { status: 415, title: 'The content type is not taken here' },
  'people.refused': { status: 403, title: 'This was refused, on record' },
  'people.sign-in': { status: 401, title: 'A signed-in person is needed' },
  'people.unknown': { status: 404, title: 'There is nobody and nothing of that name' },
  'server.busy': later('Too much is in work', 2),
  'server.stopping': later('The service is stopping', 5),
  'server.unreachable': elsewhere('Another service does not answer'),
  'vault.unreachable': later('The vault cannot be reached', 10),
  'vault.no-space': { status: 507, title: 'The vault has no room', retrySeconds: 60 },
  'vault.key-lost': own('The key of a sealed item is lost'),
  'vault.damaged': own('A sealed item is damaged'),
  'vault.no-identity': own('The vault has no identity'),
  'vault.locked': later('The vault is locked', 60),
  'evidence.unknown': { status: 404, title: 'There is no such evidence' },
  'evidence.refused': { status: 409, title: 'What is asked cannot be done to this evidence as it stands' },
  'evidence.unshown': { status: 422, title: 'The item cannot be rendered' },
}

/** A problem and what is said beside its body. */
export interface ToldProblem {
  readonly body: Problem
  /** Seconds for `Retry-After`. */
  readonly retrySeconds?: number
}

/** How a fault is told. */
export function problemOf(fault: Fault, requestId: string): ToldProblem {
  const { status, title, retrySeconds } = STATUS[fault.code]
  const hint = HINTS[fault.code]
  const body = {
    type: PROBLEM_TYPE + fault.code,
    title,
    status,
    detail: told(fault, status),
    hint,
    requestId,
  }
  return retrySeconds === undefined ? { body } : { body, retrySeconds }
}

/** How a bug is told: by nothing but its number, since what it says might be of somebody's file. */
export function bugOf(requestId: string): ToldProblem {
  return {
    body: {
      type: 'urn:tutela:bug',
      title: 'A fault in the program itself',
      status: 500,
      detail: 'Nothing is known of the item: this is no answer about it.',
      hint: 'Tell whoever runs the service the number of the request; the log has more.',
      requestId,
    },
  }
}

/** What failed inside is told by its title alone: paths and hosts of the service are nobody's outside. */
function told(fault: Fault, status: number): string {
  return status >= 500 ? `${STATUS[fault.code].title}.` : fault.message
}

/** Errors of the HTTP library, by its codes. */
const LIBRARY: readonly (readonly [code: RegExp, fault: FaultCode])[] = [
  [/^FST_ERR_CTP_INVALID_MEDIA_TYPE$|^FST_INVALID_MULTIPART_CONTENT_TYPE$/, 'request.unsupported'],
  [
    /^FST_ERR_CTP_BODY_TOO_LARGE$|^FST_REQ_FILE_TOO_LARGE$|^FST_(PARTS|FILES|FIELDS)_LIMIT$/,
    'request.too-large',
  ],
  [/^FST_ERR_NOT_FOUND$/, 'request.not-found'],
]

/** Reads an error of the HTTP library as a fault; undefined when it is a bug. */
export function faultOf(error: unknown): Fault | undefined {
  if (error instanceof Fault) return error
  if (!(error instanceof Error)) return undefined
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500
  const known = LIBRARY.find(([pattern]) => pattern.test(code))
  if (error instanceof SyntaxError || code === 'FST_ERR_CTP_INVALID_JSON_BODY')
    return new Fault('request.invalid', 'the body is not valid JSON') // the error's words quote it
  if (code === 'FST_ERR_BAD_URL') return new Fault('request.invalid', 'the address is not valid')
  if (known) return new Fault(known[1], error.message, { cause: error })
  if (status === 413) return new Fault('request.too-large', error.message, { cause: error })
  if (status === 408) return new Fault('request.too-slow', error.message, { cause: error })
  return status >= 400 && status < 500
    ? new Fault('request.invalid', error.message, { cause: error })
    : undefined
}
