/** Find: the command that says what every list of the register says of a hash. */
import { Command } from 'commander'
import type { Saying } from '#store/entries'
import { Fault } from '#terms/fault'
import { md5, pdqHash, sha1, sha256 } from '#terms/hash'
import type { EntryHashes } from '#terms/register'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption } from '../options.ts'
import { write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { withStore } from '../store.ts'
import { judgedLine } from './entry.ts'
import { entryLine } from './told.ts'

/** `tutela list find HASH` */
export function findCommand(ending: Ending): Command {
  return new Command('find')
    .description(
      'Say what each list says of exactly that hash. Exit 1 when any does. Takes seconds at millions of entries.',
    )
    .argument('<hash>', 'MD5, SHA-1, SHA-256 or PDQ, in hex')
    .addOption(jsonOption())
    .action(async (hash: string, { json }: { json?: boolean }) => {
      const { sayings } = await import('#store/entries')
      const found = await withStore(({ database }) => sayings(database, hashesOf(hash)))
      for (const saying of found)
        await (json ? writeJson({ kind: 'saying', ...saying }) : write(`${sayingText(saying)}\n`))
      if (found.length === 0 && !json) await write('no list has it\n')
      ending.code = found.length > 0 ? EXIT.match : EXIT.nothingFound
    })
}

/** 64 digits may be a SHA-256 or a PDQ hash: both are looked for. */
function hashesOf(untrusted: string): EntryHashes {
  const asked = {
    md5: md5(untrusted),
    sha1: sha1(untrusted),
    sha256: sha256(untrusted),
    pdq: pdqHash(untrusted),
  }
  const given = Object.entries(asked).filter(([, hash]) => hash !== undefined)
  if (given.length === 0) throw new Fault('usage.invalid', 'that is no hash in hex of 32, 40 or 64 digits')
  return Object.fromEntries(given)
}

function sayingText({ list, entry, judged, at }: Saying): string {
  const line = `${plain(list)}  ${entryLine(entry)}  since ${at.slice(0, 10)}`
  return judged ? `${line}\n  ${judgedLine(judged)}` : line
}
