/** Seal: the command by which a file is sealed, and what can be known of it without looking is derived. */
import { createReadStream } from 'node:fs'
import { Command, Option } from 'commander'
import { Fault } from '#terms/fault'
import { PURPOSES, type Purpose } from '#terms/people'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption } from '../options.ts'
import { say, write, writeJson } from '../output.ts'
import { withPerson } from '../session.ts'
import { withEvidence } from './evidence.ts'

interface SealFlags {
  readonly purpose: Purpose
  readonly profile: string
  readonly case?: string
  readonly process: boolean
  readonly json?: boolean
}

/** `tutela vault seal FILE --purpose P --profile NAME` */
export function sealCommand(ending: Ending): Command {
  return new Command('seal')
    .description('Seal a file, or standard input, and derive its hashes in the sandbox.')
    .argument('<file>', 'the file; "-" for standard input')
    .addOption(new Option('--purpose <word>', 'what it is kept for').choices(PURPOSES).makeOptionMandatory())
    .requiredOption('--profile <name>', 'the retention profile: "tutela retention profiles" shows them')
    .option('--case <number>', 'the case that it belongs to')
    .option('--no-process', 'do not decode it now: it stays in quarantine')
    .addOption(jsonOption())
    .action(
      async (file: string, { purpose, profile, case: caseNumber, process: decodes, json }: SealFlags) => {
        const item = await withPerson((desk) =>
          withEvidence(desk, { decodes }, async (evidence) => {
            const { sealItem } = await import('#workflow/evidence/seal')
            const asked = { by: desk.by, purpose, profile, ...(caseNumber !== undefined && { caseNumber }) }
            const sealed = await sealItem(evidence, bytesOf(file), asked)
            if (!decodes || sealed.state !== 'quarantined') return sealed // it was here before
            const { deriveItem } = await import('#workflow/evidence/derive')
            return deriveItem(evidence, sealed.id, { job: 'intake', purpose: 'screen', by: 'tutela' })
          }),
        )
        if (json) await writeJson({ kind: 'sealed', ...item })
        else {
          await write(`${item.id}\n`)
          say(`Sealed: ${item.sizeBytes} bytes, SHA-256 ${item.digests.sha256}, ${item.state}.`)
          if (file !== '-') say('The file itself lies where it was: what becomes of it is for you to settle.')
        }
        ending.code = EXIT.nothingFound
      },
    )
}

async function* bytesOf(file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 1 << 20 })
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    throw new Fault(isMissing ? 'input.missing' : 'input.unreadable', `${file} cannot be read`, { cause })
  }
}
