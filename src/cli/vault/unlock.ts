/** Unlock: the command that sets the vault's passphrase, checks it, or gives it to the running service. */
import { Command } from 'commander'
import { ask as request } from '#ground/wire/ask'
import { Fault } from '#terms/fault'
import type { Keyring } from '#vault/keyring'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { say } from '../output.ts'
import { withPerson } from '../session.ts'
import { vaultPassphrase, vaultPassphrases, withEvidence } from './evidence.ts'

/** Scrypt is slow on purpose. */
const SECONDS_MAX = 120
const BYTES_MAX = 65_536
const PASSPHRASE_CHARACTERS_MIN = 12
const QUESTION = 'Passphrase of the vault'
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost'])

/** `tutela vault unlock [--server URL]` */
export function unlockCommand(ending: Ending): Command {
  return new Command('unlock')
    .description('Set the passphrase of a new vault, or check it; with --server, unlock the running service.')
    .option('--server <url>', 'address of the service, as http://127.0.0.1:8787')
    .action(async ({ server }: { server?: string }) => {
      await withPerson((desk) =>
        withEvidence(desk, { mayBeLocked: true }, async ({ vault: { keyring } }) => {
          if (!keyring.isLocked)
            throw new Fault('usage.invalid', 'the vault is not kept under a passphrase: nothing is locked')
          if (server !== undefined) return tellService(server, desk.token)
          return (await keyring.isNew()) ? makeHere(keyring) : checkHere(keyring)
        }),
      )
      ending.code = EXIT.nothingFound
    })
}

async function checkHere(keyring: Keyring): Promise<void> {
  await keyring.unlock(await vaultPassphrase(QUESTION))
  say('The passphrase is right. A running service is unlocked with --server.')
}

/** What is set is asked for twice, both times in one go: from a pipe the second line would be lost between two. */
async function makeHere(keyring: Keyring): Promise<void> {
  const [passphrase, again] = await vaultPassphrases(QUESTION, 'The same again')
  if (passphrase.length < PASSPHRASE_CHARACTERS_MIN)
    throw new Fault('usage.invalid', `a passphrase has ${PASSPHRASE_CHARACTERS_MIN} characters or more`)
  if (again !== passphrase) throw new Fault('usage.invalid', 'the two are not the same')
  await keyring.makeFirst(passphrase)
  say('The identity of the vault was made, and is sealed under this passphrase. Without it nothing opens.')
}

/** A passphrase goes over the network only where it is encrypted. */
async function tellService(server: string, token: string): Promise<void> {
  const url = URL.canParse(server) ? new URL(server) : undefined
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.has(url.hostname))
  if (!isSafe) throw new Fault('usage.invalid', `${server} is neither https nor this machine`)
  const passphrase = await vaultPassphrase(QUESTION)
  const answer = await request({
    url: new URL('/v1/vault/unlock', server).href,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: Buffer.from(JSON.stringify({ passphrase })),
    bytesMax: BYTES_MAX,
    secondsMax: SECONDS_MAX,
    redirectsMax: 0,
    addresses: 'any',
  })
  const text = await answer.text()
  if (answer.status !== 200) throw new Fault('vault.locked', `the service did not unlock: ${detailOf(text)}`)
  say('The vault of the service is unlocked.')
}

function detailOf(untrusted: string): string {
  try {
    const { detail } = JSON.parse(untrusted) as { detail?: unknown }
    return typeof detail === 'string' ? detail : 'it gave no reason'
  } catch {
    return 'it gave no reason'
  }
}
