/** Person keys: a key for each person and each report, in a folder; what names somebody is sealed by it and gone with it. */
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import type { ReportId } from '#terms/report'
import { DIGEST_FILE, SIGN_IN } from './digest-key.ts'
import { writeWholeFile } from './whole-file.ts'

const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const PERSON_FILE = /^(p-[0-9a-z]{16})\.key$/
const REPORT_FILE = /^(r-[0-9a-z]{16})\.key$/
/** Of a person, a report, or the words that were written of a case. */
const OWNER_FILE = /^[prc]-[0-9a-z]{16}\.key$/

/** Of whom or of what something is sealed under a key of its own. */
export type KeyOwner = PersonId | ReportId | CaseKey

/** The key of a case, named by a digest of its number, which may be any. */
export type CaseKey = `c-${string}`

/** The owner of the words that are written of a case. */
export function caseKey(caseNumber: string): CaseKey {
  return `c-${createHash('sha256').update(caseNumber).digest('hex').slice(0, 16)}`
}

/** What is sealed: one is never taken for the other. */
export type Sealed = 'identity' | 'totp' | 'words'

/**
 * What words are: the same ones of two kinds have two digests. `location`: where something was seen; `reference`: of a
 * report; `sample`: of a decision.
 */
type DigestKind = 'name' | 'address' | 'oidc' | 'recovery' | 'location' | 'reference' | 'once' | 'sample'

/** The keys of one deployment. */
export class PersonKeys {
  readonly #folder: string
  readonly #digestKey: Buffer

  constructor(folder: string, digestKey: Buffer) {
    this.#folder = folder
    this.#digestKey = digestKey
  }

  /** Seals for a person or a report, whose key is made where there is none. @throws Fault `output.failed`, `config.invalid` */
  async seal(person: KeyOwner, what: Sealed, plain: string): Promise<Buffer> {
    const key = (await this.#keyOf(person)) ?? (await makeKey(this.#pathOf(person)))
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(`${person} ${what}`))
    const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed])
  }

  /**
   * Opens what was sealed for a person.
   *
   * @returns undefined where their key is gone
   * @throws Fault `store.damaged` where it is not as it was sealed
   */
  async open(person: KeyOwner, what: Sealed, sealed: Uint8Array): Promise<string | undefined> {
    const key = await this.#keyOf(person)
    if (key === undefined) return undefined
    try {
      const nonce = sealed.subarray(0, NONCE_BYTES)
      const decipher = createDecipheriv(CIPHER, key, nonce).setAAD(Buffer.from(`${person} ${what}`))
      decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
      const bytes = sealed.subarray(NONCE_BYTES + TAG_BYTES)
      return Buffer.concat([decipher.update(bytes), decipher.final()]).toString('utf8')
    } catch (cause) {
      throw new Fault('store.damaged', `what is sealed of ${person} is not as it was written`, { cause })
    }
  }

  /** Destroys a person's key: written over, then taken out of its folder, and that forced to the disk. */
  async shred(person: KeyOwner): Promise<void> {
    const path = this.#pathOf(person)
    const file = await open(path, 'r+').catch((cause: unknown) => absent(cause))
    if (file === undefined) return
    try {
      await file.write(randomBytes(KEY_BYTES), 0, KEY_BYTES, 0)
      await file.sync()
    } finally {
      await file.close()
    }
    await unlink(path)
    const folder = await open(this.#folder, 'r')
    await folder.sync().finally(() => folder.close())
  }

  /** Everybody who has a key. */
  async holders(): Promise<PersonId[]> {
    const names = await readdir(this.#folder)
    return names.flatMap((name) => (PERSON_FILE.exec(name)?.[1] as PersonId | undefined) ?? [])
  }

  /** Every report that has a key. */
  async reports(): Promise<ReportId[]> {
    const names = await readdir(this.#folder)
    return names.flatMap((name) => (REPORT_FILE.exec(name)?.[1] as ReportId | undefined) ?? [])
  }

  /** A digest of words that only this deployment can make: finds without saying what is found. */
  digest(kind: DigestKind, words: string): Buffer {
    return createHmac('sha256', this.#digestKey).update(`${kind}\0${words}`).digest()
  }

  #pathOf(person: KeyOwner): string {
    return join(this.#folder, `${person}.key`)
  }

  #keyOf(person: KeyOwner): Promise<Buffer | undefined> {
    return readKey(this.#pathOf(person))
  }
}

/** The folder of the keys as a backup sees it: pseudonyms, and `sign-in` for the one that digests are made with. */
export interface PersonKeyFolder {
  names(): Promise<string[]>
  /** @returns undefined where there is none */
  read(name: string): Promise<Buffer | undefined>
  /** Puts a key where none is. That of digests also takes the place of one that was made anew for a folder without people. */
  put(name: string, key: Uint8Array): Promise<'restored' | 'present'>
}

/** The keys in a folder, none where it is missing. @throws Fault `config.invalid`, `output.failed` */
export function personKeyFolder(folder: string): PersonKeyFolder {
  const pathOf = (name: string): string => join(folder, `${name}.key`)
  const names = async (): Promise<string[]> => {
    const files = (await readdir(folder).catch((cause: unknown) => absent(cause))) ?? []
    const isKey = (file: string): boolean => file === DIGEST_FILE || OWNER_FILE.test(file)
    return files.filter(isKey).map((file) => file.slice(0, -'.key'.length))
  }
  return {
    names,
    read: (name) => readKey(pathOf(name)),
    put: async (name, key) => {
      const there = await readKey(pathOf(name))
      const isForNobody = name === SIGN_IN && (await names()).every((one) => one === SIGN_IN)
      if (there && (!isForNobody || there.equals(key))) return 'present'
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await writeWholeFile(pathOf(name), { mode: 0o600, overwrite: isForNobody }, (sink) =>
        sink.write(Buffer.from(key)),
      )
      return 'restored'
    },
  }
}

/** Opens the folder of the keys, which is made where it is missing. @throws Fault `config.invalid`, `output.failed` */
export async function openPersonKeys(folder: string): Promise<PersonKeys> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, DIGEST_FILE)
  return new PersonKeys(folder, (await readKey(path)) ?? (await makeKey(path)))
}

/** Makes a key. Of two who make one at the same time, the second takes the first one's. */
async function makeKey(path: string): Promise<Buffer> {
  const key = randomBytes(KEY_BYTES)
  const made = await writeWholeFile(path, { mode: 0o600 }, (sink) => sink.write(key)).then(
    () => key,
    async (cause: unknown) => {
      const had = await readKey(path)
      if (had === undefined) throw cause
      return had
    },
  )
  return made
}

async function readKey(path: string): Promise<Buffer | undefined> {
  const key = await readFile(path).catch((cause: unknown) => absent(cause))
  if (key !== undefined && key.length !== KEY_BYTES)
    throw new Fault('config.invalid', `${path} should hold a key and does not`)
  return key
}

function absent(cause: unknown): undefined {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
  if (code === 'ENOENT') return undefined
  throw new Fault('config.invalid', `a key of a person cannot be read (${code})`, { cause })
}
