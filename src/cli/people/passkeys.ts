/** Passkeys: the command that shows one's own passkeys, removes one, or removes all of somebody who lost their devices. */
import { Command } from 'commander'
import type { PersonId } from '#terms/people'
import { ownPasskeys, removeOwnPasskey, removePasskeysOf } from '#workflow/people/passkeys'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption } from '../options.ts'
import { say, write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { withPerson } from '../session.ts'
import { personId } from './words.ts'

interface Flags {
  readonly remove?: string
  readonly removeAllOf?: PersonId
  readonly json?: boolean
}

/** `tutela people passkeys` */
export function passkeysCommand(ending: Ending): Command {
  return new Command('passkeys')
    .description('Show your passkeys; with --remove take one away. They are added in a browser.')
    .option('--remove <key>', 'one of yours; your other sessions end')
    .option(
      '--remove-all-of <person>',
      'of somebody else, whose sessions end: for an administrator',
      personId,
    )
    .addOption(jsonOption())
    .action(async ({ remove, removeAllOf, json }: Flags) => {
      await withPerson(async ({ people, by, signedInAt, token }) => {
        if (removeAllOf !== undefined) {
          await removePasskeysOf(people, { by, person: removeAllOf, signedInAt })
          say(`${removeAllOf} has no passkey any more, and is signed out.`)
        } else if (remove !== undefined) {
          await removeOwnPasskey(people, { by, signedInAt, token }, remove)
          say(`The passkey ${remove} opens nothing any more; your other sessions have ended.`)
        } else {
          for (const one of await ownPasskeys(people, by)) {
            const used = one.usedAt === undefined ? 'never used' : `used ${one.usedAt}`
            const line = `${one.key}  ${plain(one.label)}  made ${one.madeAt}, ${used}\n`
            await (json ? writeJson({ kind: 'passkey', ...one }) : write(line))
          }
        }
      })
      ending.code = EXIT.nothingFound
    })
}
