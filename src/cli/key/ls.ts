/** Ls: the command that shows the clients; their keys are not kept. */
import { Command } from 'commander'
import { allClients, type StoredClient } from '#store/clients'
import type { BoundList } from '#terms/client'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption } from '../options.ts'
import { write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { withStore } from '../store.ts'

/** `tutela key ls` */
export function lsCommand(ending: Ending): Command {
  return new Command('ls')
    .description('Show the clients whose keys hold, and what each may do.')
    .addOption(jsonOption())
    .action(async ({ json }: { json?: boolean }) => {
      const clients = await withStore(({ database }) => allClients(database))
      for (const client of clients) await (json ? writeJson(clientLine(client)) : write(text(client)))
      if (clients.length === 0 && !json)
        await write('There is no key yet: tutela key create --name N --scope match\n')
      ending.code = EXIT.nothingFound
    })
}

/** What is told of a client in JSON, but never its key. */
export function clientLine(client: StoredClient): object {
  const { name, scopes, lists, policy, requestsPerMinute, retro, createdAt } = client
  const gone = lists?.filter(({ isGone }) => isGone) ?? []
  const awaited = lists?.filter(({ list }) => list === undefined) ?? []
  return {
    kind: 'client',
    name,
    scopes,
    lists: lists?.map(nameOf) ?? 'all',
    ...(gone.length > 0 && { listsGone: gone.map(nameOf) }),
    ...(awaited.length > 0 && { listsAwaited: awaited.map(nameOf) }),
    policy,
    ...(requestsPerMinute !== undefined && { requestsPerMinute }),
    ...(retro && { retroKeepHours: retro.keepHours }),
    createdAt,
  }
}

function text({ name, scopes, lists, policy, requestsPerMinute, retro, createdAt }: StoredClient): string {
  const decisions = Object.entries(policy).map(([outcome, decision]) => `${outcome}=${decision}`)
  return [
    plain(name),
    `  may      ${scopes.join(', ')}, since ${createdAt.slice(0, 10)}`,
    `  lists    ${lists ? lists.map(boundWords).join(', ') : 'every list for the gate'}`,
    `  policy   ${decisions.join(', ')}`,
    ...(requestsPerMinute === undefined ? [] : [`  quota    ${requestsPerMinute} requests a minute`]),
    ...(retro ? [`  retro    told of later matches for ${retro.keepHours} hours`] : []),
    '',
  ].join('\n')
}

function nameOf({ name }: BoundList): string {
  return name
}

/** Until it is there, and once it is gone, nothing is *none* for the client. */
function boundWords({ name, list, isGone }: BoundList): string {
  if (isGone) return `${plain(name)} (removed)`
  return list === undefined ? `${plain(name)} (not there yet)` : plain(name)
}
