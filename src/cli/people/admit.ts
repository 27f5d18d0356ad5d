/** Admit: the commands that let somebody in, or in anew, by a one-time setup link. */
import { Command } from 'commander'
import { Fault } from '#terms/fault'
import type { PersonId, Role } from '#terms/people'
import { admit, type Invited, inviteAgain, inviteFirst, reset } from '#workflow/people/invite'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption } from '../options.ts'
import { say, write, writeJson } from '../output.ts'
import { withPeople, withPerson } from '../session.ts'
import { departmentsOption, personArgument, personId, rolesOption } from './words.ts'

interface JsonFlag {
  readonly json?: boolean
}

/** `tutela people setup` */
export function setupCommand(ending: Ending): Command {
  return new Command('setup')
    .description(
      'Print the setup link of the first administrator; or of somebody who is locked out, on record.',
    )
    .option('--again <person>', 'somebody who was admitted; all that they sign in by ends', personId)
    .addOption(jsonOption())
    .action(async ({ again, json }: JsonFlag & { again?: PersonId }) => {
      const invited = await withPeople(({ people, signed }) =>
        again === undefined ? inviteFirst(people, signed()) : inviteAgain(people, again, signed()),
      )
      if (!invited)
        throw new Fault(
          'usage.invalid',
          'somebody is set up already: they admit others, or name one with --again',
        )
      await tell(invited, json)
      ending.code = EXIT.nothingFound
    })
}

interface AdmitFlags extends JsonFlag {
  readonly name: string
  readonly contact?: string
  readonly roles: readonly Role[]
  readonly departments?: readonly string[]
}

/** `tutela people admit --name NAME --roles analyst` */
export function admitCommand(ending: Ending): Command {
  return new Command('admit')
    .description(
      'Admit somebody, and print their setup link. The name is sealed; everybody sees a pseudonym.',
    )
    .requiredOption('--name <name>', 'who it is')
    .option('--contact <words>', 'where to reach them')
    .addOption(rolesOption().makeOptionMandatory())
    .addOption(departmentsOption())
    .addOption(jsonOption())
    .action(async ({ name, contact, roles, departments = [], json }: AdmitFlags) => {
      const identity = { name, ...(contact !== undefined && { contact }) }
      const invited = await withPerson(({ people, by }) =>
        admit(people, { by, identity, roles, departments }),
      )
      await tell(invited, json)
      ending.code = EXIT.nothingFound
    })
}

/** `tutela people reset PERSON` */
export function resetCommand(ending: Ending): Command {
  return new Command('reset')
    .description('End all that somebody signs in by, and print a new setup link.')
    .addArgument(personArgument())
    .addOption(jsonOption())
    .action(async (person: PersonId, { json }: JsonFlag) => {
      const invited = await withPerson(({ people, by, signedInAt }) =>
        reset(people, { by, person, signedInAt }),
      )
      await tell(invited, json)
      ending.code = EXIT.nothingFound
    })
}

async function tell({ person, token, until }: Invited, json: boolean | undefined): Promise<void> {
  if (json) return writeJson({ kind: 'invited', person, token, until })
  await write(`${token}\n`)
  say(
    `The setup token of ${person}, shown this once, until ${until}. It is used by: tutela people join TOKEN`,
  )
  say('or at the address of the service, followed by /setup#TOKEN.')
}
