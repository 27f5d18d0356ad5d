/** Fault: what the outside failed at or refused, with a closed set of codes; every door has a table of them. */

/** Every code a fault can carry: `room.what`. A new code must be given an exit code, a status and a hint before it compiles. */
export const FAULT_CODES = [
  'usage.invalid',
  'config.invalid',
  'list.invalid',
  'list.unreadable',
  'index.damaged',
  'index.newer',
  'index.unreadable',
  'input.missing',
  'input.unreadable',
  'output.failed',
  'sandbox.unavailable',
  'decoder.unavailable',
  'journal.damaged',
  'journal.mismatch',
  'journal.busy',
  'journal.ended',
  'store.missing',
  'store.exists',
  'store.unreachable',
  'store.unavailable',
  'store.newer',
  'store.damaged',
  'store.full',
  'store.conflict',
  'backup.damaged',
  'register.unknown',
  'register.exists',
  'register.held',
  'register.refused',
  'source.invalid',
  'source.unreachable',
  'source.damaged',
  'source.refused',
  'remote.failed',
  'ledger.damaged',
  'ledger.behind',
  'ledger.pending',
  'ledger.unknown',
  'wire.refused',
  'wire.unreachable',
  'wire.too-large',
  'wire.too-slow',
  'index.not-ready',
  'request.invalid',
  'request.unauthenticated',
  'request.forbidden',
  'request.not-found',
  'request.conflict',
  'request.too-large',
  'request.too-many',
  'request.unsupported',
  'request.too-slow',
  'request.outdated',
  'request.reused',
  'people.refused',
  'people.sign-in',
  'people.unknown',
  'server.busy',
  'server.stopping',
  'server.unreachable',
  'vault.unreachable',
  'vault.no-space',
  'vault.key-lost',
  'vault.damaged',
  'vault.no-identity',
  'vault.locked',
  'evidence.unknown',
  'evidence.refused',
  'evidence.unshown',
] as const
export type FaultCode = (typeof FAULT_CODES)[number]

/** Thrown when the outside failed or refused. `message` names the place; the door adds the hint for the code. */
export class Fault extends Error {
  readonly code: FaultCode

  constructor(code: FaultCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.name = 'Fault'
    this.code = code
  }
}
