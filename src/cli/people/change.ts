/** Change: the commands that change what somebody else may do, tell who they are, or shred that. */
import { Command, Option } from 'commander'
import { type PersonId, PURPOSES, type Purpose, type Role } from '#terms/people'
import { type OnPerson, resume, setRoles, suspend } from '#workflow/people/roles'
import { leave, reveal, weed } from '#workflow/people/weed'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { say, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
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
      const { waits } = await withPerson((desk) => setRoles(desk.people, on(desk, person), given))
      say(`${person} is now: ${given.roles.join(', ') || 'without a role'}.`)
      if (waits) say(`They wait until somebody other than you lets them in: tutela people resume ${person}`)
      ending.code = EXIT.nothingFound
    })
}

/** `tutela people suspend PERSON` */
export function suspendCommand(ending: Ending): Command {
  return new Command('suspend')
    .description('Suspend somebody else, whose sessions end at once.')
    .addArgument(personArgument())
    .action(async (person: PersonId) => {
      await withPerson((desk) => suspend(desk.people, on(desk, person)))
      say(`${person} is suspended. To let them in again: tutela people resume ${person}`)
      ending.code = EXIT.nothingFound
    })
}

/** `tutela people resume PERSON` */
export function resumeCommand(ending: Ending): Command {
  return new Command('resume')
    .description(
      'Let somebody in who is suspended, or waits for a person other than whoever admitted or changed them.',
    )
    .addArgument(personArgument())
    .action(async (person: PersonId) => {
      await withPerson((desk) => resume(desk.people, on(desk, person)))
      say(`${person} is active.`)
      ending.code = EXIT.nothingFound
    })
}

/** `tutela people leave PERSON` */
export function leaveCommand(ending: Ending): Command {
  return new Command('leave')
    .description(
      'Say that somebody has left: they are out at once, and the period runs after which their name goes.',
    )
    .addArgument(personArgument())
    .action(async (person: PersonId) => {
      await withPerson((desk) => leave(desk.people, on(desk, person)))
      say(`${person} has left. "tutela retention due" says when their name is to be weeded.`)
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
      const { isComplete, remaining } = await withPerson((desk) => weed(desk.people, on(desk, person)))
      if (isComplete) say(`The name of ${person} is gone, and no registered copy of its key is left.`)
      else {
        say(`The name of ${person} is gone in part. These backups may still hold its key:`)
        for (const { id, label, expiresAt } of remaining)
          say(`  ${id}  ${plain(label)}${expiresAt === undefined ? '' : `, until ${expiresAt}`}`)
        say('It is complete once they are destroyed and accounted for with "tutela retention account".')
      }
      say('Copies of the key folder that you made yourself are for you to destroy.')
      ending.code = EXIT.nothingFound
    })
}

function on({ by, signedInAt }: PersonDesk, person: PersonId): OnPerson {
  return { by, person, signedInAt }
}
