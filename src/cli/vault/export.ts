/** Export: the commands by which a copy leaves: proposed by one person, approved by another, written to its recipient's key. */
import { Command, Option } from 'commander'
import { writeWholeFile } from '#ground/whole-file'
import type { ItemId } from '#terms/evidence'
import type { Handover } from '#terms/handover'
import { PURPOSES, type Purpose } from '#terms/people'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption } from '../options.ts'
import { say, write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { type PersonDesk, withPerson } from '../session.ts'
import { itemId, withEvidence } from './evidence.ts'

interface Flags {
  readonly json?: boolean
}

interface ProposeFlags extends Flags {
  readonly to: string
  readonly case: string
  readonly purpose: Purpose
  readonly because: string
}

/** `tutela vault export propose|approve|withdraw|write|ls` */
export function exportCommand(ending: Ending): Command {
  const command = new Command('export').description(
    'Hand items over to a registered authority, by two people.',
  )
  for (const one of [proposeCommand, approveCommand, withdrawCommand, writeCommand, lsCommand])
    command.addCommand(one(ending))
  return command
}

function proposeCommand(ending: Ending): Command {
  return new Command('propose')
    .description('Propose to hand items of one case over.')
    .argument('<item...>', 'the items', (untrusted: string, before: ItemId[] = []) => [
      ...before,
      itemId(untrusted),
    ])
    .requiredOption('--to <recipient>', 'the recipient: "tutela vault recipient ls" shows them')
    .requiredOption('--case <number>', 'the case')
    .addOption(new Option('--purpose <word>', 'what for').choices(PURPOSES).makeOptionMandatory())
    .requiredOption('--because <text>', 'why, in words')
    .addOption(jsonOption())
    .action(async (items: ItemId[], { to, case: caseNumber, purpose, because, json }: ProposeFlags) => {
      const asked = { items, recipient: to, caseNumber, purpose, because }
      await tell([await acted((handover, desk) => handover.propose(desk, desk, asked))], json)
      ending.code = EXIT.nothingFound
    })
}

function approveCommand(ending: Ending): Command {
  return onHandover('approve', 'Approve what another person proposed.', ending, (handover, desk, id) =>
    handover.approve(desk, desk, id),
  )
}

function withdrawCommand(ending: Ending): Command {
  return onHandover('withdraw', 'Withdraw what has not been written.', ending, (handover, desk, id) =>
    handover.withdraw(desk, desk, id),
  )
}

function writeCommand(ending: Ending): Command {
  return new Command('write')
    .description('Write an approved handover, once, as one age file to its recipient.')
    .argument('<handover>', 'the handover')
    .requiredOption('--out <file>', 'a file that is not there yet')
    .addOption(jsonOption())
    .action(async (id: string, { out, json }: Flags & { out: string }) => {
      const told = await withPerson((desk) =>
        withEvidence(desk, {}, (evidence) => written(desk, evidence, id, out)),
      )
      const { manifest, fileSha256, fileBytes } = told
      if (json) await writeJson({ kind: 'handover-written', ...told })
      else {
        await write(manifest)
        say(`${out}: ${fileBytes} bytes, SHA-256 ${fileSha256}. Only the recipient can open it.`)
        say(`Its copies are in the register until "tutela vault receipt ${id}".`)
      }
      ending.code = EXIT.nothingFound
    })
}

type Evidence = Parameters<Parameters<typeof withEvidence>[2]>[0]

async function written({ by, config }: PersonDesk, { database, vault }: Evidence, id: string, out: string) {
  const { logSigner, writeHandover } = await import('#workflow/evidence/export')
  const { ledgerKey } = await import('#workflow/ledger/at-hand')
  const { dataDirectory } = await import('#store/embedded/place')
  const signer = logSigner(await ledgerKey(database, dataDirectory(config.data), config.ledger ?? {}))
  const desk = { database, vault, signer, now: () => new Date() }
  return writeHandover(desk, by, id, (bytes) =>
    writeWholeFile(out, { mode: 0o600 }, async (sink) => {
      for await (const chunk of bytes) await sink.write(Buffer.from(chunk))
    }),
  )
}

function lsCommand(ending: Ending): Command {
  return new Command('ls')
    .description('Show the handovers of a case.')
    .requiredOption('--case <number>', 'the case')
    .addOption(jsonOption())
    .action(async ({ case: caseNumber, json }: Flags & { case: string }) => {
      await tell(await acted((handover, desk) => handover.seeHandovers(desk, desk, caseNumber)), json)
      ending.code = EXIT.nothingFound
    })
}

/** `tutela vault receipt HANDOVER --says TEXT` */
export function receiptCommand(ending: Ending): Command {
  return new Command('receipt')
    .description('Record what the recipient of a handover answered; its copies are accounted for by it.')
    .argument('<handover>', 'the handover')
    .requiredOption('--says <text>', 'the receipt: their reference, who received it, and when')
    .addOption(jsonOption())
    .action(async (id: string, { says, json }: Flags & { says: string }) => {
      await tell([await acted((handover, desk) => handover.receive(desk, desk, id, says))], json)
      ending.code = EXIT.nothingFound
    })
}

type Handovers = typeof import('#workflow/evidence/handover')
type ActingDesk = PersonDesk & { now(): Date }

function onHandover(
  name: string,
  description: string,
  ending: Ending,
  act: (handover: Handovers, desk: ActingDesk, id: string) => Promise<Handover>,
): Command {
  return new Command(name)
    .description(description)
    .argument('<handover>', 'the handover')
    .addOption(jsonOption())
    .action(async (id: string, { json }: Flags) => {
      await tell([await acted((handover, desk) => act(handover, desk, id))], json)
      ending.code = EXIT.nothingFound
    })
}

function acted<T>(act: (handover: Handovers, desk: ActingDesk) => Promise<T>): Promise<T> {
  return withPerson(async (desk) =>
    act(await import('#workflow/evidence/handover'), { ...desk, now: () => new Date() }),
  )
}

async function tell(handovers: readonly Handover[], json: boolean | undefined): Promise<void> {
  for (const one of handovers) {
    if (json) await writeJson({ kind: 'handover', handover: one })
    else {
      const { id, recipient, caseNumber, purpose, because, items, proposedBy, approvedBy } = one
      const by =
        approvedBy === undefined
          ? `proposed by ${proposedBy}`
          : `proposed by ${proposedBy}, approved by ${approvedBy}`
      await write(`${id}  case ${plain(caseNumber)}  to ${recipient}  for ${purpose}  ${stateOf(one)}\n`)
      await write(`  ${by}, because ${plain(because)}\n${items.map((item) => `  ${item}\n`).join('')}`)
    }
  }
}

function stateOf({ withdrawnAt, receiptAt, writtenAt, approvedAt }: Handover): string {
  if (withdrawnAt !== undefined) return `withdrawn ${withdrawnAt}`
  if (receiptAt !== undefined) return `received ${receiptAt}`
  if (writtenAt !== undefined) return `written ${writtenAt}, no receipt`
  return approvedAt === undefined ? 'waits for approval' : `approved ${approvedAt}`
}
