/** Hints: for each fault what mends it, said by every door in the same words. */
import type { FaultCode } from '#terms/fault'

/** A code missing here does not compile. */
export const HINTS: Readonly<Record<FaultCode, string>> = {
  'usage.invalid': 'Run the command with --help to see what it takes.',
  'config.invalid': 'docs/operating/configuration.md names every key; mend the file or the variable.',
  'list.invalid':
    'Run "tutela list check FILE" to see every bad line; docs/formats/lists.md shows the formats.',
  'list.unreadable': 'Check that the list exists and that you may read it.',
  'index.damaged': 'Build the index again from its lists with "tutela index build".',
  'index.newer': 'A newer Tutela wrote this index: update, or build the index again with this one.',
  'index.unreadable': 'Check that the index exists and that you may read it.',
  'input.missing':
    'Check the path; quote it when it has spaces. For a name that is not UTF-8 give its folder.',
  'input.unreadable': 'Check that you may read the file, and that its disk is well.',
  'output.failed': 'Check the free space, that you may write there, and that the name is free.',
  'sandbox.unavailable':
    'Install bubblewrap, or use --sandbox auto to go on with the measures that this machine has.',
  'decoder.unavailable':
    'The decoding program could not be started: check memory and process limits, then "npm ci".',
  'journal.damaged': 'Keep the file if it may be evidence, and scan again with a new --state file.',
  'journal.mismatch': 'Give the lists, paths and options it was begun with, or a new --state file.',
  'journal.ended':
    'Nothing was scanned now. See its results with --replay, or scan again with a new --state file.',
  'journal.busy':
    'Wait for that scan to end, or give another --state; a file that is no lock is for you to move.',
  'store.missing':
    'Make one with "tutela init" or "tutela start", or name another with TUTELA_DATA or DATABASE_URL.',
  'store.exists': 'Give an empty or absent data directory, or an empty database.',
  'store.unreachable':
    'Check that the database runs and that DATABASE_URL is right; "tutela doctor" says more.',
  'store.unavailable':
    '"tutela doctor" says what is missing; DATABASE_URL takes a PostgreSQL of your own instead.',
  'store.newer': 'A newer Tutela wrote this database: update this one.',
  'store.damaged': 'Keep it as it is, and restore the last backup elsewhere with "tutela restore".',
  'store.full': 'Free some space where the database writes, then do it again: nothing was changed.',
  'store.conflict': 'Somebody changed it at the same time: look at it again, then repeat.',
  'backup.damaged': 'Take another backup: this one is not as it was written.',
  'register.unknown': '"tutela list ls" and "tutela key ls" show what there is.',
  'register.exists': 'Take another name, or work with the one that stands.',
  'register.held': 'Look at what would change with --dry-run; --beyond-bounds applies it, on record.',
  'register.refused': 'The list\'s terms do not permit this use; "tutela list show" names them.',
  'source.invalid': 'docs/formats/sources.md names every field of a source.',
  'source.unreachable': 'The partner did not answer; it is tried again by schedule.',
  'source.damaged': 'What the partner sent is not as its interface says; nothing was applied.',
  'source.refused': 'The partner refused the credentials: check the secret files of the source.',
  'remote.failed': 'The remote matcher did not answer: its part is unknown.',
  'ledger.damaged':
    'Keep everything as it is; "tutela ledger verify" names each place that is not as it was signed.',
  'ledger.behind':
    'Is this a restored backup? Keep all; "tutela ledger continue-after-restore" goes on (docs/operating/ledger.md).',
  'ledger.pending': 'A leaf is numbered within a second while the service runs: ask again shortly.',
  'ledger.unknown':
    '"tutela ledger status" shows how large the ledger is; events are named by stream and version.',
  'wire.refused': 'Only http and https to public addresses are fetched; redirects are held to the same.',
  'wire.unreachable': 'Check the address and the network, then repeat.',
  'wire.too-large': 'The answer is larger than the limit; docs/operating names the key that sets it.',
  'wire.too-slow': 'The other side took longer than the limit; repeat later.',
  'index.not-ready': 'The index is being built: ask again shortly.',
  'request.invalid': 'The reference at /docs shows what the request takes.',
  'request.unauthenticated': 'Make a key with "tutela key create", and send it as a bearer token.',
  'request.forbidden':
    '"tutela key ls" shows what the key may do; what the operator has not switched on is in docs/operating.',
  'request.not-found': 'Check the name or number.',
  'request.conflict': 'The first request with this idempotency key is still in work: ask again shortly.',
  'request.reused': 'An idempotency key stands for one request: take a new key for another one.',
  'request.too-large': 'Send less at once; /docs states the limits.',
  'request.too-many': 'Slow down: Retry-After says for how long.',
  'request.unsupported': 'Send JSON, or a file as multipart/form-data, image/… or application/octet-stream.',
  'request.too-slow': 'The request did not arrive in time: send it again.',
  'request.outdated': 'It was changed since the version in If-Match: look at it again, then repeat.',
  'people.refused': 'The refusal is on record; docs/guides/access.md says who may do what, and why.',
  'people.sign-in': 'Sign in with "tutela people sign-in"; docs/operating/sign-in.md says what else helps.',
  'people.unknown': '"tutela people ls" and "tutela authority ls" show what there is.',
  'server.busy': 'Too much is in work: Retry-After says when to ask again.',
  'server.stopping': 'The service is stopping: ask again once it is back.',
  'server.unreachable': 'Check that the service runs and that --server is its address.',
  'vault.unreachable': 'Check where blobs and keys lie, the network to them and who may read them.',
  'vault.no-space': 'Free some space where the vault writes, then do it again: nothing was kept.',
  'vault.key-lost':
    '"tutela vault keys restore" puts back keys from their backup; no other item is concerned.',
  'vault.damaged': '"tutela vault verify" names what is damaged; put back that blob or key from its backup.',
  'vault.no-identity':
    'docs/operating/keys.md says where the identity of the vault is read from; without it nothing opens.',
  'vault.locked': 'Unlock it with "tutela vault unlock"; until then nothing is sealed or opened.',
  'evidence.unknown': 'Check the id; "tutela retention" and "tutela vault" show what there is.',
  'evidence.refused': 'Nothing was changed: see how the item stands, then decide again.',
  'evidence.unshown':
    'The item is whole and stays sealed; what it is cannot be rendered here. Its hash card can be seen.',
}
