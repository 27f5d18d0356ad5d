/** Create: the command that makes a client and prints its key, once. */
import { Command } from 'commander'
import { type ClientGiven, createClient } from '#store/clients'
import type { Session } from '#store/database'
import { allLists } from '#store/lists'
import { POLICY_DEFAULT } from '#terms/client'
import { Fault } from '#terms/fault'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption } from '../options.ts'
import { say, write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { withStore } from '../store.ts'
import { type ClientFlags, listsOption, policyOption, rpmOption, scopeOption } from './options.ts'

interface CreateFlags extends ClientFlags {
  readonly name: string
  readonly json?: boolean
}

/** `tutela key create --name N --scope match,curate` */
export function createCommand(ending: Ending): Command {
  return new Command('create')
    .description('Make a client and print its key, which is shown once and nowhere kept.')
    .requiredOption('--name <name>', 'who will use it: letters, digits, "_", "-" and ".", up to 64')
    .addOption(scopeOption().makeOptionMandatory())
    .addOption(listsOption())
    .addOption(policyOption())
    .addOption(rpmOption())
    .addOption(jsonOption())
    .action(async (flags: CreateFlags) => {
      const { client, key } = await withStore(async ({ database, signed }) => {
        const given = givenBy(flags)
        await sayUnknown(database, given.lists)
        return database.transaction((transaction) => createClient(transaction, given, signed()))
      })
      const { name, scopes } = client
      if (flags.json) await writeJson({ kind: 'key', name, scopes, key })
      else {
        await write(`${key}\n`)
        say(
          `The key of ${plain(name)} (${scopes.join(', ')}) is shown this once. Send it as: Authorization: Bearer KEY`,
        )
      }
      ending.code = EXIT.nothingFound
    })
}

function givenBy({ name, scope, lists, policy, rpm }: CreateFlags): ClientGiven {
  if (scope === undefined) throw new Fault('usage.invalid', 'a key needs a scope')
  return {
    name,
    scopes: scope,
    policy: { ...POLICY_DEFAULT, ...policy },
    ...(lists !== undefined && lists !== 'all' && { lists }),
    ...(rpm !== undefined && rpm !== 'none' && { requestsPerMinute: rpm }),
  }
}

/** Says which of the lists named are not there: they may come, and until then nothing is answered from them. */
export async function sayUnknown(session: Session, lists: readonly string[] | undefined): Promise<void> {
  if (lists === undefined) return
  const standing = new Set((await allLists(session)).map(({ name }) => name))
  for (const name of lists) if (!standing.has(name)) say(`There is no list ${plain(name)} yet.`)
}
