/** Defence: the command that makes the defence record of a person about an item or a case. */
import { Command, Option } from 'commander'
import { writeWholeFile } from '#ground/whole-file'
import type { PersonId } from '#terms/people'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { say } from '../output.ts'
import { personId } from '../people/words.ts'
import { onOption } from '../retention/words.ts'
import { withPerson } from '../session.ts'

interface MakeFlags {
  readonly on: { readonly kind: 'item' | 'case'; readonly id: string }
  readonly out: string
  readonly person?: PersonId
  readonly name?: string
  readonly organisation?: 'large' | 'small'
}

/** `tutela defence make --on item:v-… --out FILE` */
export function defenceCommand(ending: Ending): Command {
  const defence = new Command('defence').description('Make the record of what a person did, when, and why.')
  defence.addCommand(makeCommand(ending))
  return defence
}

function makeCommand(ending: Ending): Command {
  return new Command('make')
    .description('Make a defence record: FILE.pdf and FILE.json. It states facts, and is no legal advice.')
    .addOption(onOption())
    .requiredOption('--out <file>', 'the name of both files, without an ending')
    .option('--person <id>', 'of whom; your own unless given', personId)
    .option('--name <text>', 'the name to be printed; it is kept nowhere')
    .addOption(new Option('--organisation <word>', 'as in paragraph 12').choices(['large', 'small']))
    .action(async ({ on, out, person, name, organisation }: MakeFlags) => {
      const { makeDefenceRecord } = await import('#workflow/defence/make')
      const { setRecord } = await import('#workflow/defence/pdf')
      const made = await withPerson(({ database, by }) =>
        makeDefenceRecord({ database, now: () => new Date() }, by, {
          ...{ person: person ?? by, subject: on },
          ...(name !== undefined && { name }),
          ...(organisation !== undefined && { organisation }),
        }),
      )
      const pdf = await setRecord(made)
      for (const [ending, bytes] of [
        ['json', Buffer.from(made.json)],
        ['pdf', pdf],
      ] as const)
        await writeWholeFile(`${out}.${ending}`, { overwrite: false, mode: 0o600 }, (sink) =>
          sink.write(bytes),
        )
      say(`${made.id}: the ledger holds the SHA-256 of the JSON, ${made.sha256}.`)
      ending.code = EXIT.nothingFound
    })
}
