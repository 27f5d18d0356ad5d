/** Authority: the commands for written authorities. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import { Fault } from '#terms/fault'
import { type Act, AUTHORITY_PURPOSES, type AuthorityPurpose, type PersonId } from '#terms/people'
import { addAuthority, endAuthority, listAuthorities } from '#workflow/people/records'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { collected, jsonOption } from '../options.ts'
import { write, writeJson } from '../output.ts'
import { actsOption, known, moment, personId } from '../people/words.ts'
import { plain } from '../plain.ts'
import { withPerson } from '../session.ts'

/** `tutela authority …` */
export function authorityCommand(ending: Ending): Command {
  const authority = new Command('authority').description('Register, show and revoke written authorities.')
  for (const command of [addCommand, lsCommand, revokeCommand]) authority.addCommand(command(ending))
  return authority
}

interface AddFlags {
  readonly issuer: string
  readonly issuedFor: string
  readonly purposes: readonly AuthorityPurpose[]
  readonly acts: readonly Act[]
  readonly person?: readonly string[]
  readonly department?: readonly string[]
  readonly case?: readonly string[]
  readonly host?: readonly string[]
  readonly list?: readonly string[]
  readonly condition?: readonly string[]
  readonly from: string
  readonly until: string
  readonly review?: string
  readonly document?: string
}

function addCommand(ending: Ending): Command {
  return new Command('add')
    .description('Register a written authority (memorandum on section 46, paragraphs 23 to 25).')
    .requiredOption('--issuer <words>', 'the officer')
    .requiredOption('--issued-for <words>', 'a chief officer, or the National Crime Agency')
    .requiredOption(
      '--purposes <words>',
      `with commas: ${AUTHORITY_PURPOSES.join(', ')}`,
      (untrusted: string) => known(untrusted, AUTHORITY_PURPOSES),
    )
    .addOption(actsOption().makeOptionMandatory())
    .option('--person <id>', 'whom it names; several times', collected)
    .option('--department <name>', 'which department; several times', collected)
    .option('--case <number>', 'bound to these cases; several times', collected)
    .option('--host <name>', 'bound to these hosts; several times', collected)
    .option('--list <name>', 'bound to these lists; several times', collected)
    .option('--condition <words>', '"training" is held to, other words are shown; several times', collected)
    .requiredOption('--from <date>', 'its first moment', moment)
    .requiredOption('--until <date>', 'its end', moment)
    .option('--review <date>', 'past it, it covers nothing until it is registered anew', moment)
    .option('--document <file>', 'the paper, of which the digest is kept')
    .addOption(jsonOption())
    .action(async (flags: AddFlags & { json?: boolean }) => {
      const given = await givenBy(flags)
      const authority = await withPerson(({ people, by }) => addAuthority(people, by, given))
      await (flags.json ? writeJson({ kind: 'authority', ...authority }) : write(`${authority.id}\n`))
      ending.code = EXIT.nothingFound
    })
}

async function givenBy(flags: AddFlags): Promise<Parameters<typeof addAuthority>[2]> {
  const { issuer, issuedFor, purposes, acts, from, until, review, document } = flags
  const people: PersonId[] = (flags.person ?? []).map(personId)
  const digest = document === undefined ? undefined : await digestOf(document)
  return {
    ...{ issuer, issuedFor, purposes, acts, people, from, until },
    ...{ departments: flags.department ?? [], conditions: flags.condition ?? [] },
    scope: {
      ...(flags.case && { cases: flags.case }),
      ...(flags.host && { hosts: flags.host }),
      ...(flags.list && { lists: flags.list }),
    },
    ...(review !== undefined && { reviewAt: review }),
    ...(digest !== undefined && { documentSha256: digest }),
  }
}

async function digestOf(file: string): Promise<string> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new Fault('input.unreadable', `${file} cannot be read`, { cause })
  })
  return createHash('sha256').update(bytes).digest('hex')
}

function lsCommand(ending: Ending): Command {
  return new Command('ls')
    .description('Show every written authority, also those that have ended.')
    .addOption(jsonOption())
    .action(async ({ json }: { json?: boolean }) => {
      for (const one of await withPerson(({ people, by }) => listAuthorities(people, by))) {
        const ended = one.revokedAt ? `revoked ${one.revokedAt}` : `${one.from} to ${one.until}`
        const who = `${plain(one.issuer)} for ${plain(one.issuedFor)}`
        const what = `${one.acts.join(', ')}; ${one.purposes.join(', ')}`
        const text = `${one.id}  ${ended}  ${who}\n  ${what}\n`
        await (json ? writeJson({ kind: 'authority', ...one }) : write(text))
      }
      ending.code = EXIT.nothingFound
    })
}

function revokeCommand(ending: Ending): Command {
  return new Command('revoke')
    .description('Revoke a written authority: it covers nothing from now on.')
    .argument('<id>', 'as "tutela authority ls" shows')
    .requiredOption('--because <text>', 'why')
    .action(async (id: string, { because }: { because: string }) => {
      await withPerson(({ people, by }) => endAuthority(people, by, id, because))
      ending.code = EXIT.nothingFound
    })
}
