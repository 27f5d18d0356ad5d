/** Verify: the command that holds every blob and key against what was written down when they were sealed. */
import { Argument, Command } from 'commander'
import type { ItemId } from '#terms/evidence'
import type { Finding } from '#workflow/evidence/verify'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption } from '../options.ts'
import { say, write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { withStore } from '../store.ts'
import { itemId, withEvidence } from './evidence.ts'

/** `tutela vault verify [ID]` */
export function verifyCommand(ending: Ending): Command {
  return new Command('verify')
    .description(
      'Hold blobs and keys against what was written down: exit code 1 where something is not right.',
    )
    .addArgument(
      new Argument('[id]', 'one item; all, and what lies beside them, unless given').argParser(itemId),
    )
    .addOption(jsonOption())
    .action(async (only: ItemId | undefined, { json }: { json?: boolean }) => {
      const told = async (finding: Finding): Promise<void> => {
        if (json) await writeJson(finding)
        else if (finding.kind !== 'whole' && finding.kind !== 'digest-only')
          await write(`${words(finding)}\n`)
      }
      const count = await withStore((desk) =>
        withEvidence(desk, { mayBeLocked: true }, async (evidence) => {
          const { verifyVault } = await import('#workflow/evidence/verify')
          return verifyVault(evidence, desk.signed, { told, ...(only !== undefined && { only }) })
        }),
      )
      const { items, damaged, strays, digestOnly } = count
      if (json) await writeJson({ kind: 'verified', ...count })
      else say(`${items} items: ${damaged} damaged; ${strays} blobs or keys of none.`)
      if (digestOnly > 0 && !json)
        say(`The vault is locked: of ${digestOnly} items the blob was compared, and not opened.`)
      ending.code = damaged + strays > 0 ? EXIT.match : EXIT.nothingFound
    })
}

function words(finding: Finding): string {
  switch (finding.kind) {
    case 'whole':
    case 'digest-only':
      return `${finding.item} ${finding.kind}`
    case 'damaged': {
      const { item, because, chunk, belongsTo } = finding
      const where = chunk === undefined ? '' : `, from chunk ${chunk} on`
      return `${item} ${because}${where}${belongsTo === undefined ? '' : `: there lies the blob of ${belongsTo}`}`
    }
    case 'stray': {
      const of = finding.isDestroyed ? 'of an item that is destroyed' : 'of no item'
      return `${plain(finding.name)} ${finding.what} ${of}`
    }
  }
}
