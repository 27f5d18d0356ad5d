/** Recipient: the commands on authorities to whom material may go, and on who compared their keys. */
import { Command, Option } from 'commander'
import { RECIPIENT_KINDS, type Recipient, type RecipientKind } from '#terms/handover'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption } from '../options.ts'
import { write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { type PersonDesk, withPerson } from '../session.ts'

interface Flags {
  readonly json?: boolean
}

/** `tutela vault recipient add|check|end|ls` */
export function recipientCommand(ending: Ending): Command {
  const command = new Command('recipient').description('Authorities to whom material may go, by their keys.')
  for (const one of [addCommand, checkCommand, endCommand, lsCommand]) command.addCommand(one(ending))
  return command
}

function addCommand(ending: Ending): Command {
  return new Command('add')
    .description('Register an authority and its age public key. Two others must then compare the key.')
    .argument('<name>', 'the authority')
    .addOption(new Option('--kind <kind>', 'which kind').choices(RECIPIENT_KINDS).makeOptionMandatory())
    .requiredOption('--key <age1…>', 'its age public key')
    .addOption(jsonOption())
    .action(async (name: string, { kind, key, json }: Flags & { kind: RecipientKind; key: string }) => {
      const told = await acted((recipients, desk) =>
        recipients.addRecipient(desk, desk.by, { name, kind, ageRecipient: key }),
      )
      await tell([told], json)
      ending.code = EXIT.nothingFound
    })
}

function checkCommand(ending: Ending): Command {
  return new Command('check')
    .description('Say that you compared the key of a recipient out of band, and how.')
    .argument('<recipient>', 'the recipient')
    .requiredOption('--how <text>', 'how: by telephone to a number known before, on paper, face to face')
    .addOption(jsonOption())
    .action(async (id: string, { how, json }: Flags & { how: string }) => {
      await tell([await acted((recipients, desk) => recipients.addCheck(desk, desk.by, id, how))], json)
      ending.code = EXIT.nothingFound
    })
}

function endCommand(ending: Ending): Command {
  return new Command('end')
    .description('End a recipient: nothing goes to it any more.')
    .argument('<recipient>', 'the recipient')
    .addOption(jsonOption())
    .action(async (id: string, { json }: Flags) => {
      await tell([await acted((recipients, desk) => recipients.closeRecipient(desk, desk.by, id))], json)
      ending.code = EXIT.nothingFound
    })
}

function lsCommand(ending: Ending): Command {
  return new Command('ls')
    .description('Show every recipient, and who checked its key.')
    .addOption(jsonOption())
    .action(async ({ json }: Flags) => {
      await tell(await acted((recipients, desk) => recipients.seeRecipients(desk, desk.by)), json)
      ending.code = EXIT.nothingFound
    })
}

type Recipients = typeof import('#workflow/evidence/recipients')

function acted<T>(
  act: (recipients: Recipients, desk: PersonDesk & { now(): Date }) => Promise<T>,
): Promise<T> {
  return withPerson(async (desk) =>
    act(await import('#workflow/evidence/recipients'), { ...desk, now: () => new Date() }),
  )
}

async function tell(recipients: readonly Recipient[], json: boolean | undefined): Promise<void> {
  for (const one of recipients) {
    if (json) {
      await writeJson({ kind: 'recipient', recipient: one })
      continue
    }
    const checks = one.checks.map(({ person, how }) => `${person} (${plain(how)})`).join(', ') || 'nobody'
    const state = one.endedAt !== undefined ? 'ended' : one.isReady ? 'ready' : 'not checked by two others'
    await write(
      `${one.id}  ${one.kind}  ${plain(one.name)}  ${state}\n  ${one.ageRecipient}\n  checked by ${checks}\n`,
    )
  }
}
