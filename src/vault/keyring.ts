/** Keyring: the keys of all items as the vault's identity wraps and opens them; locked until there is an identity. */
import { Decrypter, Encrypter } from 'age-encryption'
import { Fault } from '#terms/fault'
import { fileKeyOf, type IdentityKey, identityKey } from './file-key.ts'
import { begun } from './header.ts'
import {
  firstOf,
  type Identities,
  type IdentitySource,
  openIdentities,
  readIdentities,
  stampOf,
  withNew,
  writeIdentities,
} from './identity.ts'
import type { KeyStore } from './keys.ts'
import { ChunkDamaged, openedPayload } from './payload.ts'

/** How the keys are wrapped. */
export interface KeyringOptions {
  readonly source: IdentitySource
  readonly keys: KeyStore
  /** Public part of an identity that is kept elsewhere, under seal: opens every key if the vault's own is lost. */
  readonly breakGlass?: string
}

/** Wraps and opens the keys of items. It lives as long as the vault. */
export class Keyring {
  readonly source: IdentitySource
  readonly keys: KeyStore
  readonly #breakGlass: string | undefined
  #identities: Identities | undefined
  #stamp = ''
  #opener: { readonly all: Identities['all']; readonly keys: readonly IdentityKey[] } | undefined

  constructor({ source, keys, breakGlass }: KeyringOptions) {
    this.source = source
    this.keys = keys
    this.#breakGlass = breakGlass
  }

  /** True while a passphrase is awaited. */
  get isLocked(): boolean {
    return this.source.kind === 'passphrase' && this.#identities === undefined
  }

  /** Opens the identity with its passphrase. @throws Fault `vault.locked` for a wrong one; `vault.no-identity` */
  async unlock(passphrase: string): Promise<void> {
    if (this.source.kind !== 'passphrase')
      throw new Fault('usage.invalid', 'the vault is not kept under a passphrase: there is nothing to unlock')
    const stamp = await stampOf(this.source.path)
    this.#identities = await openIdentities(this.source.path, passphrase)
    this.#stamp = stamp
  }

  /** The public parts of the identities, that in force first. @throws Fault `vault.locked`, `vault.no-identity` */
  async recipients(): Promise<Identities['recipients']> {
    return (await this.#inForce()).recipients
  }

  /** True where no identity was made yet. One that comes from a command is there or is not: nobody makes it here. */
  async isNew(): Promise<boolean> {
    return this.source.kind !== 'command' && (await stampOf(this.source.path)) === NO_FILE
  }

  /**
   * Makes the first identity, where there is none and no key either: with keys there, one was lost, and no other opens them.
   *
   * @returns false where there is one
   * @throws Fault `vault.no-identity` where it was lost, or is to come from a command
   */
  async makeFirst(passphrase?: string): Promise<boolean> {
    const { source } = this
    if (source.kind === 'command' || !(await this.isNew())) return false
    if ((await this.keys.names()).length > 0)
      throw new Fault('vault.no-identity', `${source.path} is missing, and there are keys that it opens`)
    const made = await withNew()
    await this.#write(made, passphrase)
    return true
  }

  /** Puts a new identity before the one in force. Those before stay until `forgetEarlier`. */
  async beginRotation(passphrase?: string): Promise<void> {
    await this.#write(await withNew(await this.#inForce()), passphrase)
  }

  /** Leaves nothing but the identity in force. */
  async forgetEarlier(passphrase?: string): Promise<void> {
    if (this.source.kind !== 'command') await this.#write(firstOf(await this.#inForce()), passphrase)
  }

  /** Wraps an item's identity and keeps it. @returns the public part that it was wrapped to */
  async keep(name: string, identity: string, { replace = false } = {}): Promise<string> {
    const [recipient] = await this.recipients()
    const encrypter = new Encrypter()
    encrypter.addRecipient(recipient)
    if (this.#breakGlass !== undefined) encrypter.addRecipient(this.#breakGlass)
    const wrapped = await encrypter.encrypt(`${identity}\n`)
    await (replace ? this.keys.replace(name, wrapped) : this.keys.write(name, wrapped))
    return recipient
  }

  /** The identity of an item. @throws Fault `vault.key-lost`, `vault.damaged`, `vault.locked`, `vault.no-identity` */
  async open(name: string): Promise<IdentityKey> {
    const { all } = await this.#inForce()
    const wrapped = await this.keys.read(name)
    if (!wrapped) throw new Fault('vault.key-lost', `the key of ${name} is not in ${this.keys.where}`)
    const identity = await unwrapped(wrapped, this.#keysOf(all))
    if (!identity) throw new Fault('vault.damaged', `the key of ${name} opens with no identity of the vault`)
    return identity
  }

  /** Wraps what is to lie in a backup as the keys of items are wrapped. @throws Fault `vault.locked`, `vault.no-identity` */
  async wrap(text: string): Promise<Uint8Array> {
    const [recipient] = await this.recipients()
    const encrypter = new Encrypter()
    encrypter.addRecipient(recipient)
    if (this.#breakGlass !== undefined) encrypter.addRecipient(this.#breakGlass)
    return encrypter.encrypt(text)
  }

  /** Opens what `wrap` made. @returns undefined where no identity of the vault opens it @throws Fault as `wrap` */
  async unwrap(wrapped: Uint8Array): Promise<string | undefined> {
    const { all } = await this.#inForce()
    const decrypter = new Decrypter()
    for (const identity of all) decrypter.addIdentity(identity)
    return decrypter.decrypt(wrapped, 'text').catch(() => undefined)
  }

  /** False of a wrapped key that no identity of the vault opens; undefined while none is at hand: locked, or there is none. */
  async opens(wrapped: Buffer): Promise<boolean | undefined> {
    const { all } = await this.#inForce().catch(noneAtHand)
    return all && (await unwrapped(wrapped, this.#keysOf(all))) !== undefined
  }

  /** True of a key that the identity in force opens, and that is wrapped to as many as it should be. */
  async isCurrent(name: string): Promise<boolean> {
    const { all } = await this.#inForce()
    const wrapped = await this.keys.read(name)
    if (!wrapped) throw new Fault('vault.key-lost', `the key of ${name} is not in ${this.keys.where}`)
    const stanzas = wrapped.toString('latin1').split('\n-> X25519 ').length - 1
    const wanted = this.#breakGlass === undefined ? 1 : 2
    return stanzas === wanted && (await unwrapped(wrapped, keysOf([all[0]]))) !== undefined
  }

  /** Made once for the identities in force: each costs a multiplication on the curve. */
  #keysOf(all: Identities['all']): readonly IdentityKey[] {
    if (this.#opener?.all !== all) this.#opener = { all, keys: keysOf(all) }
    return this.#opener.keys
  }

  async #write(identities: Identities, passphrase: string | undefined): Promise<void> {
    await writeIdentities(this.source, identities, passphrase)
    this.#identities = identities
    if (this.source.kind !== 'command') this.#stamp = await stampOf(this.source.path)
  }

  /** An identity file may be changed by a rotation elsewhere: it is read anew then, or waits for its passphrase. */
  async #inForce(): Promise<Identities> {
    const { source } = this
    const stamp = source.kind === 'command' ? '' : await stampOf(source.path)
    if (source.kind === 'passphrase') {
      if (stamp !== this.#stamp) this.#identities = undefined
      if (!this.#identities) throw new Fault('vault.locked', 'the vault is locked')
      return this.#identities
    }
    if (!this.#identities || stamp !== this.#stamp) {
      const read = await readIdentities(source)
      if (!read && source.kind === 'file')
        throw new Fault('vault.no-identity', `there is no identity of the vault at ${source.path}`)
      this.#identities = read
      this.#stamp = stamp
    }
    if (!this.#identities) throw new Fault('vault.no-identity', 'the vault has no identity')
    return this.#identities
  }
}

const NO_FILE = '0 0 0'

function noneAtHand(error: unknown): Partial<Identities> {
  if (error instanceof Fault && (error.code === 'vault.locked' || error.code === 'vault.no-identity'))
    return {}
  throw error
}

function keysOf(identities: readonly string[]): IdentityKey[] {
  return identities.map(identityKey).filter((key) => key !== undefined)
}

/** The identity in a wrapped key: an age file of one line. @returns undefined where none of `keys` opens it to that */
async function unwrapped(wrapped: Buffer, keys: readonly IdentityKey[]): Promise<IdentityKey | undefined> {
  const file = await begun(whole(wrapped))
  const fileKey = file && fileKeyOf(file.header, keys)
  if (!file || !fileKey) return undefined
  const text: Buffer[] = []
  try {
    for await (const plain of openedPayload(fileKey, file.nonce, file.payload)) text.push(plain)
  } catch (error) {
    if (error instanceof ChunkDamaged) return undefined
    throw error
  }
  return identityKey(Buffer.concat(text).toString('latin1').trim())
}

async function* whole(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes
}
