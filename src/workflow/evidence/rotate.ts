/** Rotate: another identity for the vault; keys are wrapped anew, blobs stay as they are, and a cut-off rotation goes on. */
import type { Signed } from '#store/append'
import { isStanding } from '#store/items'
import { putInForce, recipientInForce } from '#store/vault-identity'
import { Fault } from '#terms/fault'
import type { EvidenceDesk } from './desk.ts'

/** How the vault's keys are to be wrapped. */
export interface RotationAsked {
  /** `identity`: a new one; `wrapping`: the one that is there, as where a break-glass recipient was added. */
  readonly what: 'identity' | 'wrapping'
  /** Of a vault under a passphrase: the one that its file is sealed under from now on. */
  readonly passphrase?: string
}

/** What a rotation came to. */
export interface Rotated {
  readonly rewrapped: number
  /** Keys that were wrapped so already, by a rotation that had been cut off. */
  readonly already: number
  /** Keys that no identity of the vault opens: they stay as they are, and so do the identities before. */
  readonly unopened: readonly string[]
  /** The public part in force. */
  readonly recipient: string
}

type Keyring = EvidenceDesk['vault']['keyring']

/**
 * Rotates. One that was cut off is gone on with, and no third identity is made. Where identities come from a command, it prints
 * the new one first and those before it after: nothing is made here.
 *
 * @throws Fault `vault.locked`, `vault.no-identity`, `vault.no-space`, `vault.unreachable`
 */
export async function rotateKeys(
  { database, vault, step }: Pick<EvidenceDesk, 'database' | 'vault' | 'step'>,
  { what, passphrase }: RotationAsked,
  signed: Signed,
): Promise<Rotated> {
  const { keyring } = vault
  const isCutOff = (await keyring.recipients()).length > 1
  if (what === 'identity' && !isCutOff && keyring.source.kind !== 'command') {
    step?.('rotate: begin')
    await keyring.beginRotation(passphrase)
  }
  const [recipient, ...earlier] = await keyring.recipients()
  step?.('rotate: identity is there')
  await database.transaction(async (transaction) => {
    const inForce = await recipientInForce(transaction)
    if (inForce !== undefined && inForce !== recipient && !earlier.includes(inForce))
      throw new Fault('vault.no-identity', `the vault's keys are wrapped to ${inForce}, which is not here`)
    await putInForce(transaction, recipient, signed)
  })
  step?.('rotate: in force')
  const count = { rewrapped: 0, already: 0 }
  const unopened: string[] = []
  for (const name of await keyring.keys.names()) {
    // Held while the key is written: a destruction that begins now waits, and finds the new one.
    const done = await database.transaction(async (transaction) =>
      (await isStanding(transaction, name)) ? wrappedAnew(keyring, name, what) : undefined,
    )
    if (done === 'unopened') unopened.push(name)
    else if (done) count[done]++
    step?.('rotate: key')
  }
  if (unopened.length === 0 && earlier.length > 0) await keyring.forgetEarlier(passphrase)
  step?.('rotate: end')
  return { ...count, unopened, recipient }
}

async function wrappedAnew(
  keyring: Keyring,
  name: string,
  what: RotationAsked['what'],
): Promise<'rewrapped' | 'already' | 'unopened' | undefined> {
  try {
    if (what === 'identity' && (await keyring.isCurrent(name))) return 'already'
    await keyring.keep(name, (await keyring.open(name)).identity, { replace: true })
    return 'rewrapped'
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    if (error.code === 'vault.damaged') return 'unopened'
    if (error.code === 'vault.key-lost') return undefined // verification names it
    throw error
  }
}
