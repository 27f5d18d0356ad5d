/** Evidence: the vault opened for the length of a command, and unlocked where it waits for its passphrase. */
import { availableParallelism } from 'node:os'
import { InvalidArgumentError } from 'commander'
import { isId } from '#ground/id'
import { readSecret } from '#ground/secret'
import type { Decoders } from '#media/decoders'
import type { ItemId } from '#terms/evidence'
import { Fault } from '#terms/fault'
import type { OpenEvidence } from '#workflow/evidence/desk'
import { asking } from '../prompt.ts'
import type { StoreDesk } from '../store.ts'

/** What a command needs of the vault. */
export interface EvidenceNeeds {
  /** It decodes: the sandboxed children are started. */
  readonly decodes?: boolean
  /** It works with a locked vault too. */
  readonly mayBeLocked?: boolean
}

/**
 * Opens the vault, does the work, and closes it.
 *
 * @throws Fault those of `openEvidence`; `vault.locked` where the passphrase is wrong; whatever `work` throws
 */
export async function withEvidence<T>(
  { database, store, config }: Pick<StoreDesk, 'database' | 'store' | 'config'>,
  { decodes = false, mayBeLocked = false }: EvidenceNeeds,
  work: (evidence: OpenEvidence) => Promise<T>,
): Promise<T> {
  // Heavy: other commands need not wait for them.
  const { openEvidence } = await import('#workflow/evidence/desk')
  const { dataDirectory } = await import('#store/embedded/place')
  const decoders = decodes ? await openChildren(config) : undefined
  try {
    const evidence = await openEvidence({
      database,
      connection: store.config,
      data: dataDirectory(config.data),
      ...(config.vault && { config: config.vault }),
      decoders: decoders ?? NO_DECODERS,
      now: () => new Date(),
    })
    try {
      if (evidence.vault.keyring.isLocked && !mayBeLocked)
        await evidence.vault.keyring.unlock(await vaultPassphrase('Passphrase of the vault'))
      return await work(evidence)
    } finally {
      await evidence.close()
    }
  } finally {
    await decoders?.close()
  }
}

/** The passphrase: from the file that `TUTELA_VAULT_PASSPHRASE_FILE` names, else asked for. */
export function vaultPassphrase(question: string): Promise<string> {
  const file = process.env['TUTELA_VAULT_PASSPHRASE_FILE']
  return file === undefined ? asking((ask) => ask(question, true)) : readSecret(file)
}

/** Two answers that are to be the same, as where a passphrase is set. */
export async function vaultPassphrases(first: string, second: string): Promise<readonly [string, string]> {
  const file = process.env['TUTELA_VAULT_PASSPHRASE_FILE']
  if (file === undefined) return asking(async (ask) => [await ask(first, true), await ask(second, true)])
  const secret = await readSecret(file)
  return [secret, secret]
}

/** Parses the id of an item. */
export function itemId(untrusted: string): ItemId {
  if (isId('v', untrusted)) return untrusted
  throw new InvalidArgumentError('It must be the id of an item: v- and sixteen characters.')
}

/** Starts the sandboxed children; whoever starts them ends them. */
export async function openChildren(config: StoreDesk['config']): Promise<Decoders> {
  const { openDecoders } = await import('#media/decoders')
  const { jobs, sandbox, limits } = config
  return openDecoders({
    jobs: jobs ?? availableParallelism(),
    sandbox: sandbox ?? 'auto',
    ...(limits && { limits }),
  })
}

const NO_DECODERS: Pick<Decoders, 'readBytes'> = {
  readBytes: async () => {
    throw new Fault('decoder.unavailable', 'this command decodes nothing')
  },
}
