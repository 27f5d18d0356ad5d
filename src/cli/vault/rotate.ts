/** Rotate: the command that gives the vault another identity, or wraps its keys anew. */
import { Command } from 'commander'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption } from '../options.ts'
import { say, writeJson } from '../output.ts'
import { withStore } from '../store.ts'
import { vaultPassphrase, withEvidence } from './evidence.ts'

interface RotateFlags {
  readonly keepIdentity?: boolean
  readonly json?: boolean
}

/** `tutela vault rotate` */
export function rotateCommand(ending: Ending): Command {
  return new Command('rotate')
    .description('Wrap every key for a new identity of the vault; blobs stay. One that was cut off goes on.')
    .option('--keep-identity', 'wrap for the identity that there is, as after a break-glass one was set')
    .addOption(jsonOption())
    .action(async ({ keepIdentity, json }: RotateFlags) => {
      const rotated = await withStore((desk) =>
        withEvidence(desk, {}, async (evidence) => {
          const { rotateKeys } = await import('#workflow/evidence/rotate')
          const isUnderPassphrase = evidence.vault.keyring.source.kind === 'passphrase'
          const passphrase = isUnderPassphrase
            ? await vaultPassphrase('Passphrase from now on; it may be the same')
            : undefined
          const what = keepIdentity ? 'wrapping' : 'identity'
          const asked = { what, ...(passphrase !== undefined && { passphrase }) } as const
          return rotateKeys(evidence, asked, desk.signed())
        }),
      )
      const { rewrapped, already, unopened, recipient } = rotated
      if (json) await writeJson({ kind: 'rotated', ...rotated })
      else {
        say(`${rewrapped} keys were wrapped anew, ${already} were so already; in force is ${recipient}.`)
        for (const item of unopened) say(`${item}: its key opens with no identity of the vault.`)
        if (unopened.length > 0) say('The identities before stay until those keys are put back.')
      }
      ending.code = unopened.length > 0 ? EXIT.match : EXIT.nothingFound
    })
}
