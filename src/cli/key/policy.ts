/** Policy: the command that changes what a client may do and what its answers advise. */
import { Command } from 'commander'
import { type ClientChange, clientNamed, setClient } from '#store/clients'
import type { Policy } from '#terms/client'
import { Fault } from '#terms/fault'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption } from '../options.ts'
import { write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { withStore } from '../store.ts'
import { sayUnknown } from './create.ts'
import { clientLine } from './ls.ts'
import { type ClientFlags, listsOption, policyOption, rpmOption, scopeOption } from './options.ts'

/** `tutela key policy NAME` */
export function policyCommand(ending: Ending): Command {
  return new Command('policy')
    .description('Change what a key may do, from which lists it is answered, and what its answers advise.')
    .argument('<name>', 'the client')
    .addOption(scopeOption())
    .addOption(listsOption())
    .addOption(policyOption())
    .addOption(rpmOption())
    .addOption(jsonOption())
    .action(async (name: string, { json, ...flags }: ClientFlags & { json?: boolean }) => {
      if (Object.keys(flags).length === 0) throw new Fault('usage.invalid', 'nothing was given to change')
      const changed = await withStore(async ({ database, signed }) => {
        const client = await clientNamed(database, name)
        const change = changeBy(flags, client.policy)
        await sayUnknown(database, change.lists ?? undefined)
        return database.transaction((transaction) => setClient(transaction, client, change, signed()))
      })
      if (json) await writeJson(clientLine(changed))
      else await write(`${plain(name)} was changed; running services heed it at once.\n`)
      ending.code = EXIT.nothingFound
    })
}

function changeBy({ scope, lists, policy, rpm }: ClientFlags, had: Policy): ClientChange {
  return {
    ...(scope && { scopes: scope }),
    ...(lists !== undefined && { lists: lists === 'all' ? null : lists }),
    ...(policy && { policy: { ...had, ...policy } }),
    ...(rpm !== undefined && { requestsPerMinute: rpm === 'none' ? null : rpm }),
  }
}
