/** The passphrase of the vault's identity: as age has it, off the event loop, one at a time. */
import { Decrypter, Encrypter } from 'age-encryption'
import { expect, test } from 'vitest'
import { passphraseIdentity, passphraseRecipient } from '#vault/passphrase'

const WORDS = 'pässphrase of six or seven words'

async function sealed(recipient: ReturnType<typeof passphraseRecipient>): Promise<Uint8Array> {
  const encrypter = new Encrypter()
  encrypter.addRecipient(recipient)
  return encrypter.encrypt('what is sealed')
}

function open(file: Uint8Array, passphrase: string): Promise<string> {
  const decrypter = new Decrypter()
  decrypter.addIdentity(passphraseIdentity(passphrase))
  return decrypter.decrypt(file, 'text')
}

test('files are those of age, either way, and open by no other passphrase', async () => {
  const theirs = new Encrypter()
  theirs.setPassphrase(WORDS)
  theirs.setScryptWorkFactor(4)
  const file = await theirs.encrypt('what is sealed')
  expect(await open(file, WORDS)).toBe('what is sealed')
  await expect(open(file, `${WORDS}!`)).rejects.toThrow('no identity matched')
  const ours = new Decrypter()
  ours.addPassphrase(WORDS)
  expect(await ours.decrypt(await sealed(passphraseRecipient(WORDS, 4)), 'text')).toBe('what is sealed')
})

test('the event loop goes on turning while one is derived, and too many at once are sent away', async () => {
  const file = await sealed(passphraseRecipient(WORDS, 12))
  let turns = 0
  let isOver = false
  const turn = (): void => {
    turns++
    if (!isOver) setImmediate(turn)
  }
  setImmediate(turn)
  const opened = Promise.allSettled(Array.from({ length: 12 }, () => open(file, WORDS))).finally(() => {
    isOver = true
  })
  const outcomes = await opened
  expect(turns).toBeGreaterThan(outcomes.length) // each would else have kept it from turning, whole
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(8)
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'server.busy' },
  })
})

test('a file whose work would take minutes, or which names another recipient too, is not tried', async () => {
  const identity = passphraseIdentity(WORDS)
  const [stanza] = await passphraseRecipient(WORDS, 4).wrapFileKey(new Uint8Array(16))
  const { args = [], body = new Uint8Array() } = stanza ?? {}
  const altered = (factor: string) => [{ args: [args[0] ?? '', args[1] ?? '', factor], body }]
  expect(await identity.unwrapFileKey(altered('4'))).toEqual(new Uint8Array(16))
  for (const factor of ['21', '04', '0', '', '4.0', '99'])
    expect(await identity.unwrapFileKey(altered(factor))).toBeNull()
  expect(await identity.unwrapFileKey([...altered('4'), ...altered('4')])).toBeNull()
})
