/** Show: the command that says what is written down of an item; nothing of its content. */
import { Argument, Command } from 'commander'
import type { ItemId } from '#terms/evidence'
import type { ShownItem } from '#workflow/evidence/show'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption } from '../options.ts'
import { write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { withPerson } from '../session.ts'
import { itemId } from './evidence.ts'

/** `tutela vault show ID` */
export function showCommand(ending: Ending): Command {
  return new Command('show')
    .description('Show what is written down of an item: digests, dates, what it is kept for, who opened it.')
    .addArgument(new Argument('<id>', 'the item').argParser(itemId))
    .addOption(jsonOption())
    .action(async (id: ItemId, { json }: { json?: boolean }) => {
      const shown = await withPerson(async ({ database, by }) => {
        const { showItem } = await import('#workflow/evidence/show')
        return showItem({ database, now: () => new Date() }, id, by)
      })
      if (json) await writeJson({ kind: 'item', ...shown })
      else await write(text(shown))
      ending.code = EXIT.nothingFound
    })
}

function text({ item, kept, openings }: ShownItem): string {
  const { digests, blob, damagedBecause } = item
  const until = (day: string | undefined): string =>
    day === undefined ? 'until decided' : `until ${day.slice(0, 10)}`
  return [
    `${item.id}  ${item.state}${damagedBecause === undefined ? '' : `, damaged: ${damagedBecause}`}`,
    `  content   ${item.sizeBytes} bytes, ${item.mediaType}`,
    `  sha256    ${digests.sha256}`,
    `  sha1      ${digests.sha1}`,
    `  md5       ${digests.md5}`,
    `  sealed    ${item.sealedAt} by ${item.custodian}`,
    `  blob      ${blob.sizeBytes} bytes, SHA-256 ${blob.sha256}`,
    `  verified  ${item.verifiedAt ?? 'not yet'}`,
    ...kept.map(({ purpose, profile, lapsedAt, ...one }) => {
      const end = lapsedAt === undefined ? until(one.until) : `lapsed ${lapsedAt.slice(0, 10)}`
      return `  kept      for ${purpose} (${plain(profile)}), ${end}`
    }),
    ...openings.map(({ kind, person, purpose, level, grantedAt, ending = 'not ended' }) => {
      const how = level === undefined ? kind : `${kind} (${level})`
      return `  opened    ${grantedAt} ${how} by ${person} for ${purpose}: ${ending}`
    }),
    '',
  ].join('\n')
}
