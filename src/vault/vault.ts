/** Vault: items sealed each under a key of its own, given for an opening alone, and destroyed by their key. */
import { createHash, type Hash } from 'node:crypto'
import { type Opening, spendOpening } from '#ground/opening/opening'
import type { Damage, ItemId, SealedDigests, VaultItem } from '#terms/evidence'
import { Fault } from '#terms/fault'
import type { BlobStore } from './blobs.ts'
import { Digesting } from './digesting.ts'
import { fileKeyOf, type IdentityKey } from './file-key.ts'
import { begun, newHeader } from './header.ts'
import type { Keyring } from './keyring.ts'
import { ChunkDamaged, openedPayload, sealedPayload } from './payload.ts'

/** What of an item's row the vault must know. */
export type SealedItem = Pick<VaultItem, 'id' | 'digests' | 'sizeBytes' | 'blob' | 'state'>

/** What a vault is made of. */
export interface VaultParts {
  readonly blobs: BlobStore
  readonly keyring: Keyring
  /** The row of an item. @throws Fault `evidence.unknown` */
  item(id: ItemId): Promise<SealedItem>
  /** Told before each step of sealing, opening and shredding: where tests cut the power. */
  readonly step?: (name: string) => void
}

/** What came of sealing, before it is written down anywhere. */
export interface Sealed {
  readonly digests: SealedDigests
  readonly sizeBytes: number
  readonly blob: { readonly sha256: string; readonly sizeBytes: number }
  /** The first bytes, by which content is told. */
  readonly head: Buffer
  /** The public part of the vault's identity that the key was wrapped to. */
  readonly recipient: string
  /** Wraps the key anew, to the identity that is in force by now. @returns its public part */
  rewrap(): Promise<string>
}

/** An item that was opened: all of it was found whole before this exists. */
export interface OpenedItem {
  readonly item: ItemId
  readonly sizeBytes: number
  /** Its bytes, once. @throws Fault `vault.damaged` where it was changed since */
  bytes(): AsyncIterable<Uint8Array>
}

/** What an examination found. */
export interface Examined {
  readonly damage?: Damage
  /** The first chunk that is not what was sealed. */
  readonly chunk?: number
  /** SHA-256 of the blob that lies there, where it is not the item's. */
  readonly foundBlob?: string
  /** False where the vault is locked: then only the blob's digest was looked at. */
  readonly isOpened: boolean
}

/** An item of up to this size is held in memory between its examination and its giving, and not read twice. */
const HELD_BYTES_MAX = 64 * 1024 * 1024

/** The vault. */
export class Vault {
  readonly blobs: BlobStore
  readonly keyring: Keyring
  readonly #item: VaultParts['item']
  readonly #step: (name: string) => void

  constructor({ blobs, keyring, item, step }: VaultParts) {
    this.blobs = blobs
    this.keyring = keyring
    this.#item = item
    this.#step = step ?? (() => {})
  }

  /**
   * Seals bytes as they pass: nothing of them is on a disk at any time but sealed. Blob and key are safe when this returns;
   * when it fails, neither is there.
   *
   * @throws Fault `vault.locked`, `vault.no-identity`, `vault.no-space`, `vault.unreachable`; whatever `source` throws
   */
  async seal(id: ItemId, source: AsyncIterable<Uint8Array>): Promise<Sealed> {
    await this.keyring.recipients() // a locked vault takes nothing
    const { header, fileKey, nonce, identity } = await newHeader()
    const plain = new Digesting(source)
    const blobHash = createHash('sha256')
    const step = this.#step
    let blobBytes = 0
    async function* blob(): AsyncGenerator<Uint8Array> {
      const begin = Buffer.concat([header, nonce])
      step('seal: header')
      yield counted(begin)
      for await (const chunk of sealedPayload(fileKey, nonce, plain.bytes())) {
        step('seal: chunk')
        yield counted(chunk)
      }
      step('seal: last bytes are with the disk')
    }
    const counted = (bytes: Uint8Array): Uint8Array => {
      blobHash.update(bytes)
      blobBytes += bytes.length
      return bytes
    }
    try {
      step('seal: begin')
      await this.blobs.write(id, blob())
      step('seal: blob is safe')
      const recipient = await this.keyring.keep(id, identity)
      step('seal: key is safe')
      return {
        digests: plain.digests(),
        sizeBytes: plain.sizeBytes,
        blob: { sha256: blobHash.digest('hex'), sizeBytes: blobBytes },
        head: plain.head(),
        recipient,
        rewrap: () => this.keyring.keep(id, identity, { replace: true }),
      }
    } catch (error) {
      await this.remove(id).catch(() => undefined) // what stays is known by the row of the seal, and cleared
      throw error
    }
  }

  /**
   * Opens an item for an opening, which is spent by it. The whole blob is read, every chunk opened and the content's digest
   * compared, before anything is given.
   *
   * @throws Fault `evidence.refused` for an opening that is spent, run out or not the store's; `vault.key-lost`,
   *   `vault.damaged`, `vault.locked`
   */
  async open(opening: Opening, now: Date): Promise<OpenedItem> {
    if (!spendOpening(opening, now))
      throw new Fault('evidence.refused', 'this opening was used before, has run out, or was never granted')
    this.#step('open: opening is spent')
    const item = await this.#item(opening.item)
    if (item.state === 'destroyed') throw new Fault('evidence.refused', `${item.id} is destroyed`)
    const held: Buffer[] = []
    const isHeld = item.sizeBytes <= HELD_BYTES_MAX
    const identity = await this.keyring.open(item.id)
    this.#step('open: key is open')
    const { damage, chunk } = await this.#looked(item, identity, (plain) => isHeld && held.push(plain))
    if (damage) throw damaged(item.id, damage, chunk)
    this.#step('open: all is whole')
    let isGiven = false
    return {
      item: item.id,
      sizeBytes: item.sizeBytes,
      bytes: () => {
        if (isGiven)
          throw new Fault('evidence.refused', `the bytes of ${item.id} were given for this opening`)
        isGiven = true
        return isHeld ? emptied(held) : this.#again(item, identity)
      },
    }
  }

  /** Examines an item without giving anything of it: blob, key, every chunk, and the content's digest. */
  async examine(item: SealedItem): Promise<Examined> {
    if (this.keyring.isLocked) {
      const foundBlob = await this.#blobDigest(item.id)
      const damage = foundBlob === undefined ? 'blob-missing' : 'blob-changed'
      const isOpened = false
      return foundBlob === item.blob.sha256
        ? { isOpened }
        : { isOpened, damage, ...(foundBlob && { foundBlob }) }
    }
    const identity = await this.keyring.open(item.id).catch(damageOfKey)
    if (typeof identity === 'string') return { isOpened: true, damage: identity }
    const looked = await this.#looked(item, identity, () => {})
    return { ...looked, isOpened: true }
  }

  /**
   * Destroys an item's key, then its blob; what is gone already does not count, so that it can go on where it was cut off.
   *
   * @param gone told of each, once it is gone
   */
  async shred(id: ItemId, gone?: (what: 'key' | 'blob') => Promise<void>): Promise<void> {
    this.#step('shred: key')
    await this.keyring.keys.remove(id)
    this.#step('shred: key is gone')
    await gone?.('key')
    this.#step('shred: blob')
    await this.blobs.remove(id)
    this.#step('shred: blob is gone')
    await gone?.('blob')
    this.#step('shred: written down')
  }

  /** Removes what a seal that failed or was cut off has left. */
  async remove(id: ItemId): Promise<void> {
    await this.keyring.keys.remove(id)
    await this.blobs.remove(id)
  }

  async #looked(
    item: SealedItem,
    identity: IdentityKey,
    take: (plain: Buffer) => void,
  ): Promise<Omit<Examined, 'isOpened'>> {
    const blob = await this.blobs.read(item.id)
    if (!blob) return { damage: 'blob-missing' }
    const blobHash = createHash('sha256')
    const contentHash = createHash('sha256')
    const file = await begun(hashedInto(blobHash, blob))
    const fileKey = file && fileKeyOf(file.header, [identity])
    if (!file || !fileKey) {
      await file?.leave()
      return this.#told(item, file ? 'key-of-another' : 'blob-changed')
    }
    try {
      for await (const plain of openedPayload(fileKey, file.nonce, file.payload)) {
        contentHash.update(plain)
        take(plain)
      }
    } catch (error) {
      if (!(error instanceof ChunkDamaged)) throw error
      return { ...(await this.#told(item, 'blob-changed')), chunk: error.chunk }
    }
    const foundBlob = blobHash.digest('hex')
    if (foundBlob !== item.blob.sha256) return { damage: 'blob-changed', foundBlob }
    if (contentHash.digest('hex') !== item.digests.sha256) return { damage: 'content-changed' }
    return {}
  }

  /** What is wrong with a blob that did not open: its own bytes, or what is to open it. */
  async #told(item: SealedItem, damage: Damage): Promise<Omit<Examined, 'isOpened'>> {
    const foundBlob = await this.#blobDigest(item.id)
    if (foundBlob === item.blob.sha256) return { damage }
    return { damage: 'blob-changed', ...(foundBlob !== undefined && { foundBlob }) }
  }

  async #blobDigest(id: ItemId): Promise<string | undefined> {
    const blob = await this.blobs.read(id)
    if (!blob) return undefined
    const hash = createHash('sha256')
    for await (const bytes of blob) hash.update(bytes)
    return hash.digest('hex')
  }

  /** Reads an item a second time. Every chunk is authentic; that it is the same and whole was found out before. */
  async *#again(item: SealedItem, identity: IdentityKey): AsyncGenerator<Uint8Array> {
    const blob = await this.blobs.read(item.id)
    const blobHash = createHash('sha256')
    const file = blob && (await begun(hashedInto(blobHash, blob)))
    const fileKey = file && fileKeyOf(file.header, [identity])
    if (!file || !fileKey) {
      await file?.leave()
      throw damaged(item.id, 'blob-changed')
    }
    try {
      yield* openedPayload(fileKey, file.nonce, file.payload)
    } catch (error) {
      if (error instanceof ChunkDamaged) throw damaged(item.id, 'blob-changed', error.chunk)
      throw error
    }
    if (blobHash.digest('hex') !== item.blob.sha256) throw damaged(item.id, 'blob-changed')
  }
}

/** What is wrong with a key that does not open. What cannot be reached is no damage. */
function damageOfKey(error: unknown): Damage {
  if (error instanceof Fault && error.code === 'vault.key-lost') return 'key-missing'
  if (error instanceof Fault && error.code === 'vault.damaged') return 'key-unreadable'
  throw error
}

function damaged(id: ItemId, damage: Damage, chunk?: number): Fault {
  const where = chunk === undefined ? '' : `, from chunk ${chunk} on`
  return new Fault('vault.damaged', `${id} is not as it was sealed: ${damage}${where}`)
}

async function* hashedInto(hash: Hash, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    hash.update(piece)
    yield piece
  }
}

/** Gives what is held, and lets go of it piece by piece. */
async function* emptied(held: Buffer[]): AsyncGenerator<Uint8Array> {
  for (const piece of held.splice(0)) yield piece
}
