/** Ls: the commands that show people by pseudonym, what was refused, and what is recorded of somebody. */
import { Command } from 'commander'
import type { PersonId } from '#terms/people'
import { listAllocations, listConflicts, listPeople, listRefusals, recordsOf } from '#workflow/people/records'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption } from '../options.ts'
import { write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { withPerson } from '../session.ts'
import { personArgument } from './words.ts'

/** `tutela people ls` */
export function lsCommand(ending: Ending): Command {
  return new Command('ls')
    .description('Show everybody by pseudonym, with roles and state.')
    .addOption(jsonOption())
    .action(async ({ json }: { json?: boolean }) => {
      for (const person of await withPerson(({ people, by }) => listPeople(people, by))) {
        const roles = person.roles.join(', ') || 'no role'
        const departments = person.departments.map(plain).join(', ')
        const state = person.waits ? 'waits to be let in' : person.state
        const line = [person.id, state, roles, departments].filter((one) => one !== '').join('  ')
        await (json ? writeJson({ kind: 'person', ...person }) : write(`${line}\n`))
      }
      ending.code = EXIT.nothingFound
    })
}

/** `tutela people refusals` */
export function refusalsCommand(ending: Ending): Command {
  return new Command('refusals')
    .description('Show the latest acts that were refused, by whom and why.')
    .addOption(jsonOption())
    .action(async ({ json }: { json?: boolean }) => {
      for (const refused of await withPerson(({ people, by }) => listRefusals(people, by))) {
        const { at, by, act, because, id } = refused
        await (json
          ? writeJson({ kind: 'refusal', ...refused })
          : write(`${at}  ${by}  ${act}  ${because}  ${id}\n`))
      }
      ending.code = EXIT.nothingFound
    })
}

/** `tutela people records PERSON` */
export function recordsCommand(ending: Ending): Command {
  return new Command('records')
    .description('Show the advice to somebody, and their training.')
    .addArgument(personArgument())
    .addOption(jsonOption())
    .action(async (person: PersonId, { json }: { json?: boolean }) => {
      const { advice, training } = await withPerson(({ people, by }) => recordsOf(people, by, person))
      for (const one of advice) {
        const said = one.acknowledgedAt ? `read ${one.acknowledgedAt}` : 'not acknowledged'
        const text = `${one.at}  advice ${one.id} by ${plain(one.officer)} on ${one.acts.join(', ')} (${said})\n`
        await (json ? writeJson({ kind: 'advice', ...one }) : write(`${text}  ${plain(one.words)}\n`))
      }
      for (const one of training) {
        const text = `${one.at}  training ${plain(one.subject)} by ${plain(one.givenBy)}, exposure ${one.exposureUnits}\n`
        await (json ? writeJson({ kind: 'training', ...one }) : write(text))
      }
      ending.code = EXIT.nothingFound
    })
}

/** `tutela people conflicts PERSON` */
export function conflictsCommand(ending: Ending): Command {
  return new Command('conflicts')
    .description('Show what somebody does not act on, because of an interest of their own.')
    .addArgument(personArgument())
    .addOption(jsonOption())
    .action(async (person: PersonId, { json }: { json?: boolean }) => {
      for (const one of await withPerson(({ people, by }) => listConflicts(people, by, person))) {
        const text = `${one.at}  ${one.on.kind} ${plain(one.on.id)}  written down by ${one.by}\n`
        await (json ? writeJson({ kind: 'conflict', ...one }) : write(text))
      }
      ending.code = EXIT.nothingFound
    })
}

/** `tutela people allocations PERSON` */
export function allocationsCommand(ending: Ending): Command {
  return new Command('allocations')
    .description('Show the cases that are somebody’s: given to them, or in their hands.')
    .addArgument(personArgument())
    .addOption(jsonOption())
    .action(async (person: PersonId, { json }: { json?: boolean }) => {
      for (const one of await withPerson(({ people, by }) => listAllocations(people, by, person)))
        await (json ? writeJson({ kind: 'allocation', ...one }) : write(`${one.at}  ${plain(one.case)}\n`))
      ending.code = EXIT.nothingFound
    })
}
