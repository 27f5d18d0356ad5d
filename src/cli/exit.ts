/** Exit: the closed table of exit codes, and what each fault means for the person who reads it. */
import type { FaultCode } from '#terms/fault'

/** Exit codes of every command; the numbers from 64 on are those of sysexits(3). */
export const EXIT = {
  nothingFound: 0,
  match: 1,
  unknown: 2,
  usage: 64,
  data: 65,
  noInput: 66,
  bug: 70,
  io: 74,
  tryAgain: 75,
  config: 78,
  interrupted: 130,
  terminated: 143,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** For each fault its exit code and the hint that mends it. A code missing here does not compile. */
export const FAULTS: Readonly<Record<FaultCode, { readonly exit: ExitCode; readonly hint: string }>> = {
  'usage.invalid': { exit: EXIT.usage, hint: 'Run the command with --help to see what it takes.' },
  'config.invalid': {
    exit: EXIT.config,
    hint: 'docs/operating/configuration.md names every key; mend the file or the variable.',
  },
  'list.invalid': {
    exit: EXIT.data,
    hint: 'Run "tutela list check FILE" to see every bad line; docs/formats/lists.md shows the formats.',
  },
  'list.unreadable': { exit: EXIT.noInput, hint: 'Check that the list exists and that you may read it.' },
  'index.damaged': {
    exit: EXIT.data,
    hint: 'Build the index again from its lists with "tutela index build".',
  },
  'index.newer': {
    exit: EXIT.data,
    hint: 'A newer Tutela wrote this index: update, or build the index again with this one.',
  },
  'index.unreadable': { exit: EXIT.noInput, hint: 'Check that the index exists and that you may read it.' },
  'input.missing': {
    exit: EXIT.noInput,
    hint: 'Check the path; quote it when it has spaces. For a name that is not UTF-8 give its folder.',
  },
  'input.unreadable': {
    exit: EXIT.noInput,
    hint: 'Check that you may read the file, and that its disk is well.',
  },
  'output.failed': {
    exit: EXIT.io,
    hint: 'Check the free space, that you may write there, and that the name is free.',
  },
  'sandbox.unavailable': {
    exit: EXIT.config,
    hint: 'Install bubblewrap, or use --sandbox auto to go on with the measures that this machine has.',
  },
  'decoder.unavailable': {
    exit: EXIT.tryAgain,
    hint: 'The decoding program could not be started: check memory and process limits, then "npm ci".',
  },
  'journal.damaged': {
    exit: EXIT.data,
    hint: 'Keep the file if it may be evidence, and scan again with a new --state file.',
  },
  'journal.mismatch': {
    exit: EXIT.usage,
    hint: 'Give the lists, paths and options it was begun with, or a new --state file.',
  },
  'journal.ended': {
    exit: EXIT.usage,
    hint: 'Nothing was scanned now. See its results with --replay, or scan again with a new --state file.',
  },
  'journal.busy': {
    exit: EXIT.tryAgain,
    hint: 'Wait for that scan to end, or give another --state; a file that is no lock is for you to move.',
  },
  'store.missing': {
    exit: EXIT.noInput,
    hint: 'Make one with "tutela init" or "tutela start", or name another with TUTELA_DATA or DATABASE_URL.',
  },
  'store.exists': { exit: EXIT.usage, hint: 'Give an empty or absent data directory, or an empty database.' },
  'store.unreachable': {
    exit: EXIT.tryAgain,
    hint: 'Check that the database runs and that DATABASE_URL is right; "tutela doctor" says more.',
  },
  'store.unavailable': {
    exit: EXIT.config,
    hint: '"tutela doctor" says what is missing; DATABASE_URL takes a PostgreSQL of your own instead.',
  },
  'store.newer': { exit: EXIT.config, hint: 'A newer Tutela wrote this database: update this one.' },
  'store.damaged': {
    exit: EXIT.data,
    hint: 'Keep it as it is, and restore the last backup elsewhere with "tutela restore".',
  },
  'store.full': {
    exit: EXIT.io,
    hint: 'Free some space where the database writes, then do it again: nothing was changed.',
  },
  'store.conflict': {
    exit: EXIT.tryAgain,
    hint: 'Somebody changed it at the same time: look at it again, then repeat.',
  },
  'backup.damaged': { exit: EXIT.data, hint: 'Take another backup: this one is not as it was written.' },
  'register.unknown': {
    exit: EXIT.noInput,
    hint: '"tutela list ls" and "tutela key ls" show what there is.',
  },
  'register.exists': { exit: EXIT.usage, hint: 'Take another name, or work with the one that stands.' },
  'register.held': {
    exit: EXIT.data,
    hint: 'Look at what would change with --dry-run; --beyond-bounds applies it, on record.',
  },
  'register.refused': {
    exit: EXIT.usage,
    hint: 'The list\'s terms do not permit this use; "tutela list show" names them.',
  },
  'source.invalid': { exit: EXIT.config, hint: 'docs/formats/sources.md names every field of a source.' },
  'source.unreachable': {
    exit: EXIT.tryAgain,
    hint: 'The partner did not answer; it is tried again by schedule.',
  },
  'source.damaged': {
    exit: EXIT.data,
    hint: 'What the partner sent is not as its interface says; nothing was applied.',
  },
  'source.refused': {
    exit: EXIT.config,
    hint: 'The partner refused the credentials: check the secret files of the source.',
  },
  'remote.failed': { exit: EXIT.tryAgain, hint: 'The remote matcher did not answer: its part is unknown.' },
  'wire.refused': {
    exit: EXIT.usage,
    hint: 'Only http and https to public addresses are fetched; redirects are held to the same.',
  },
  'wire.unreachable': { exit: EXIT.tryAgain, hint: 'Check the address and the network, then repeat.' },
  'wire.too-large': {
    exit: EXIT.data,
    hint: 'The answer is larger than the limit; docs/operating names the key that sets it.',
  },
  'wire.too-slow': { exit: EXIT.tryAgain, hint: 'The other side took longer than the limit; repeat later.' },
  'index.not-ready': { exit: EXIT.tryAgain, hint: 'The index is being built: ask again shortly.' },
  'request.invalid': { exit: EXIT.usage, hint: 'The reference at /docs shows what the request takes.' },
  'request.unauthenticated': {
    exit: EXIT.config,
    hint: 'Make a key with "tutela key create", and send it as a bearer token.',
  },
  'request.forbidden': {
    exit: EXIT.config,
    hint: 'The key lacks the scope for this: "tutela key ls" shows its scopes.',
  },
  'request.not-found': { exit: EXIT.noInput, hint: 'Check the name or number.' },
  'request.conflict': {
    exit: EXIT.tryAgain,
    hint: 'The first request with this idempotency key is still in work: ask again shortly.',
  },
  'request.reused': {
    exit: EXIT.usage,
    hint: 'An idempotency key stands for one request: take a new key for another one.',
  },
  'request.too-large': { exit: EXIT.data, hint: 'Send less at once; /docs states the limits.' },
  'request.too-many': { exit: EXIT.tryAgain, hint: 'Slow down: Retry-After says for how long.' },
  'request.unsupported': {
    exit: EXIT.usage,
    hint: 'Send JSON, or a file as multipart/form-data, image/… or application/octet-stream.',
  },
  'request.too-slow': { exit: EXIT.tryAgain, hint: 'The request did not arrive in time: send it again.' },
  'request.outdated': {
    exit: EXIT.tryAgain,
    hint: 'It was changed since the version in If-Match: look at it again, then repeat.',
  },
  'server.busy': { exit: EXIT.tryAgain, hint: 'Too much is in work: Retry-After says when to ask again.' },
  'server.stopping': { exit: EXIT.tryAgain, hint: 'The service is stopping: ask again once it is back.' },
  'server.unreachable': {
    exit: EXIT.tryAgain,
    hint: 'Check that the service runs and that --server is its address.',
  },
}
