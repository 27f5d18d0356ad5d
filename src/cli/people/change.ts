/** Change: the commands that change what somebody else may do, tell who they are, or shred that. */
import { Command, Option } from 'commander'
import { type PersonId, PURPOSES, type Purpose, type Role } from '#terms/people'
import { type OnPerson, setRoles, suspend } from '#workflow/people/roles'
import { reveal, weed } from '#workflow/people/weed'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { say, writeJson } from '../output.ts'
import { type PersonDesk, withPerson } from '../session.ts'
import { departmentsOption, personArgument, rolesOption } from './words.ts'

/** `tutela people roles PERSON --roles analyst,reviewer` */
export function rolesCommand(ending: Ending): Command {
  return new Command('roles')
    .description('Set the roles of somebody else, and their departments where they are named.')
    .addArgument(personArgument())
    .addOption(rolesOption().makeOptionMandatory())
    .addOption(departmentsOption())
    .action(async (person: PersonId, given: { roles: Role[]; departments?: string[] }) => {
      await withPerson((desk) => setRoles(desk.people, on(desk, person), given))
      say(`${person} is now: ${given.roles.join(', ') || 'without a role'}.`)
      ending.code = EXIT.nothingFound
    })
}

/** `tutela people suspend PERSON` */
export function suspendCommand(ending: Ending): Command {
  return new Command('suspend')
    .description('Suspend somebody else, whose sessions end at once; with --end let them in again.')
    .addArgument(personArgument())
    .option('--end', 'they may act again')
    .action(async (person: PersonId, { end }: { end?: boolean }) => {
      const state = end ? 'active' : 'suspended'
      await withPerson((desk) => suspend(desk.people, on(desk, person), state))
      say(`${person} is ${state}.`)
      ending.code = EXIT.nothingFound
    })
}

/** `tutela people reveal PERSON --purpose investigate` */
export function revealCommand(ending: Ending): Command {
  return new Command('reveal')
    .description('Tell who a pseudonym is, for a purpose, on record.')
    .addArgument(personArgument())
    .addOption(new Option('--purpose <word>', 'why').choices(PURPOSES).makeOptionMandatory())
    .action(async (person: PersonId, { purpose }: { purpose: Purpose }) => {
      const identity = await withPerson((desk) => reveal(desk.people, on(desk, person), purpose))
      await writeJson({ kind: 'identity', person, ...identity })
      ending.code = EXIT.nothingFound
    })
}

/** `tutela people weed PERSON` */
export function weedCommand(ending: Ending): Command {
  return new Command('weed')
    .description(
      'Shred the name of somebody who has left: nobody can tell who the pseudonym was, ever again.',
    )
    .addArgument(personArgument())
    .requiredOption('--yes', 'it cannot be taken back')
    .action(async (person: PersonId) => {
      await withPerson((desk) => weed(desk.people, on(desk, person)))
      say(
        `The name of ${person} is gone; copies of the key folder that you made yourself are for you to destroy.`,
      )
      ending.code = EXIT.nothingFound
    })
}

function on({ by, signedInAt }: PersonDesk, person: PersonId): OnPerson {
  return { by, person, signedInAt }
}
