/** Desk: the vault, opened from the configuration beside its database, and what an earlier process left cleared. */
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type pg from 'pg'
import { newId } from '#ground/id'
import { readSecret } from '#ground/secret'
import type { VaultConfig } from '#ground/vault-config'
import type { Decoders } from '#media/decoders'
import type { Database } from '#store/database'
import { itemNamed } from '#store/items'
import { type Held, holdLock } from '#store/lock'
import { endSealing, sealingHolders, sealingsOf } from '#store/sealings'
import type { ItemId } from '#terms/evidence'
import { Fault } from '#terms/fault'
import type { BlobStore } from '#vault/blobs'
import { folderBlobs } from '#vault/folder-blobs'
import type { IdentitySource } from '#vault/identity'
import { Keyring } from '#vault/keyring'
import { keyFolder } from '#vault/keys'
import { s3Blobs } from '#vault/s3-blobs'
import { Vault } from '#vault/vault'
import { finishBegun } from './destroy.ts'
import { type RetentionProfiles, readProfiles } from './profiles.ts'

/** What acts on evidence are done with. */
export interface EvidenceDesk {
  readonly database: Database
  readonly vault: Vault
  readonly decoders: Pick<Decoders, 'readBytes'>
  readonly profiles: RetentionProfiles
  /** The name of a lock that this process holds: by it others know that its seals are under way. */
  holder(): Promise<string>
  /**
   * Clears what seals left whose process is gone, and finishes destructions that had begun.
   *
   * @throws Fault of what cannot be done now; it is left as it is
   */
  tidyUp(): Promise<void>
  /** Told before each step: where tests cut the power. */
  readonly step?: (name: string) => void
  now(): Date
}

/** From what a desk is opened. */
export interface EvidenceGiven {
  readonly database: Database
  /** For the connection of the lock. */
  readonly connection: pg.ClientConfig
  /** The data directory. */
  readonly data: string
  readonly config?: VaultConfig
  readonly decoders: Pick<Decoders, 'readBytes'>
  readonly step?: (name: string) => void
  now(): Date
}

/** An open desk. */
export interface OpenEvidence extends EvidenceDesk {
  close(): Promise<void>
}

/**
 * Opens the vault. Its identity is made where nothing was ever sealed; kept under a passphrase it starts locked. Seals that were
 * cut off are cleared, and destructions that had begun are finished; where the storage cannot be reached that waits for the
 * job which does it again, and for it nothing else has to stand still.
 *
 * @throws Fault `vault.unreachable`, `vault.no-identity`; `config.invalid`; `store.unreachable`
 */
export async function openEvidence(given: EvidenceGiven): Promise<OpenEvidence> {
  const { database, connection, decoders, step, now } = given
  const vault = await openVault(given)
  const profiles = await readProfiles(given.data)
  const holder = new Holder(connection)
  const tidyUp = async (): Promise<void> => {
    await clearAbandoned(database, connection, vault)
    await finishBegun({ database, vault, now })
  }
  try {
    await tidyUp().catch(whereReached)
  } catch (error) {
    await holder.release()
    throw error
  }
  return {
    ...{ database, vault, decoders, profiles, tidyUp, now },
    ...(step && { step }),
    holder: () => holder.name(),
    close: () => holder.release(),
  }
}

function whereReached(error: unknown): void {
  if (!(error instanceof Fault && error.code === 'vault.unreachable')) throw error
}

async function openVault({ database, data, config = {}, step }: EvidenceGiven): Promise<Vault> {
  const home = join(data, 'vault')
  const source = identitySource(config.identity, home)
  if (source.kind !== 'command') await mkdir(dirname(source.path), { recursive: true, mode: 0o700 })
  const keyring = new Keyring({
    source,
    keys: await keyFolder(config.keys ?? join(home, 'keys')),
    ...(config.breakGlass !== undefined && { breakGlass: config.breakGlass }),
  })
  if (source.kind === 'file') await keyring.makeFirst()
  return new Vault({
    blobs: await openBlobs(config.blobs, home),
    keyring,
    item: (id: ItemId) => itemNamed(database, id),
    ...(step && { step }),
  })
}

async function openBlobs(config: VaultConfig['blobs'], home: string): Promise<BlobStore> {
  const s3 = config?.s3
  if (!s3) return folderBlobs(config?.folder ?? join(home, 'blobs'))
  const { endpoint, region, prefix, accessKeyFile, secretKeyFile } = s3
  return s3Blobs({
    endpoint,
    ...(region !== undefined && { region }),
    ...(prefix !== undefined && { prefix }),
    accessKeyId: await readSecret(accessKeyFile),
    secretAccessKey: await readSecret(secretKeyFile),
  })
}

function identitySource(config: VaultConfig['identity'], home: string): IdentitySource {
  const { file, passphraseFile, command, commandSecondsMax: secondsMax } = config ?? {}
  if (passphraseFile !== undefined) return { kind: 'passphrase', path: passphraseFile }
  if (command) return { kind: 'command', command, ...(secondsMax !== undefined && { secondsMax }) }
  return { kind: 'file', path: file ?? join(home, 'identity') }
}

/** The lock of a process, taken when it is first needed, and again under another name where its connection broke. */
class Holder {
  readonly #connection: pg.ClientConfig
  #taken: Promise<{ readonly name: string; readonly held: Held }> | undefined

  constructor(connection: pg.ClientConfig) {
    this.#connection = connection
  }

  async name(): Promise<string> {
    const before = this.#taken
    const taken = await before?.catch(() => undefined)
    if (taken && !taken.held.lost.aborted) return taken.name
    // Of several that come at once the first takes it for all.
    if (this.#taken === before) this.#taken = this.#take()
    return (await (this.#taken ?? this.#take())).name
  }

  async release(): Promise<void> {
    const taken = await this.#taken?.catch(() => undefined)
    await taken?.held.release()
  }

  async #take(): Promise<{ readonly name: string; readonly held: Held }> {
    for (;;) {
      const name = newId('seals')
      const held = await holdLock(this.#connection, name)
      if (held) return { name, held }
    }
  }
}

/** Clears what seals have left whose process is gone: their lock is free. A key goes before its blob. */
async function clearAbandoned(database: Database, connection: pg.ClientConfig, vault: Vault): Promise<void> {
  for (const holder of await sealingHolders(database)) {
    const held = await holdLock(connection, holder)
    if (!held) continue
    try {
      await database.transaction(async (transaction) => {
        for (const id of await sealingsOf(transaction, holder)) {
          await vault.remove(id)
          await endSealing(transaction, id)
        }
      })
    } finally {
      await held.release()
    }
  }
}
