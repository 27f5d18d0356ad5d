/** Destroy: the commands by which one person proposes to destroy an item, another approves, and it is carried out. */
import { Command } from 'commander'
import type { ItemId } from '#terms/evidence'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { say, write } from '../output.ts'
import { plain } from '../plain.ts'
import { type PersonDesk, withPerson } from '../session.ts'
import { withEvidence } from '../vault/evidence.ts'
import { itemArgument } from './words.ts'

/** `tutela retention propose ITEM --because TEXT` */
export function proposeCommand(ending: Ending): Command {
  return new Command('propose')
    .description('Propose to destroy an item that is due. Another person has to approve.')
    .addArgument(itemArgument())
    .requiredOption('--because <text>', 'why, for the record')
    .action(async (item: ItemId, { because }: { because: string }) => {
      const id = await withActs((acts, desk, person) => acts.propose(desk, person, { item, because }))
      await write(`${id}\n`)
      ending.code = EXIT.nothingFound
    })
}

/** `tutela retention approve DESTRUCTION` */
export function approveCommand(ending: Ending): Command {
  return new Command('approve')
    .description('Approve what another person proposed to destroy.')
    .argument('<destruction>', 'its id')
    .action(async (id: string) => {
      const { item } = await withActs((acts, desk, person) => acts.approve(desk, person, id))
      say(`Approved. Nothing is gone yet: "tutela retention destroy ${plain(id)}" destroys ${item}.`)
      ending.code = EXIT.nothingFound
    })
}

/** `tutela retention destroy DESTRUCTION` */
export function destroyCommand(ending: Ending): Command {
  return new Command('destroy')
    .description('Carry out what was approved: the key first, then the sealed bytes. There is no way back.')
    .argument('<destruction>', 'its id')
    .action(async (id: string) => {
      const { destruction, remaining } = await withPerson((person) =>
        withEvidence(person, { mayBeLocked: true }, async (evidence) => {
          const { carryOut } = await import('#workflow/evidence/destroy')
          return carryOut(evidence, person, id)
        }),
      )
      if (destruction.completeAt !== undefined)
        say(`${destruction.item} is destroyed: no registered copy of its key is left.`)
      else {
        say(
          `${destruction.item} is destroyed here. It is complete once these copies of the key are accounted for:`,
        )
        for (const { id: copy, place, label, expiresAt } of remaining)
          await write(
            `${copy}  ${place}, ${plain(label)}${expiresAt === undefined ? '' : `, expires ${expiresAt}`}\n`,
          )
      }
      ending.code = EXIT.nothingFound
    })
}

/** `tutela retention withdraw DESTRUCTION` */
export function withdrawCommand(ending: Ending): Command {
  return new Command('withdraw')
    .description('Withdraw what was proposed or approved and has not begun.')
    .argument('<destruction>', 'its id')
    .action(async (id: string) => {
      await withActs((acts, desk, person) => acts.withdraw(desk, person, id))
      ending.code = EXIT.nothingFound
    })
}

type Acts = typeof import('#workflow/evidence/destroy')

/** Runs an act that touches no byte. */
function withActs<T>(
  work: (
    acts: Acts,
    desk: { database: PersonDesk['database']; now(): Date },
    person: PersonDesk,
  ) => Promise<T>,
): Promise<T> {
  return withPerson(async (person) => {
    const acts = await import('#workflow/evidence/destroy')
    return work(acts, { database: person.database, now: () => new Date() }, person)
  })
}
