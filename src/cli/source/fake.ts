/** Fake: the command that runs a made-up partner on this machine, to try things without a real one. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Argument, Command } from 'commander'
import { stringify } from 'yaml'
import { type Fake, startFake } from '#lists/exchanges/fake'
import { type FakePartner, fakePartner } from '#lists/exchanges/fakes'
import { PARTNERS, type Partner } from '#terms/exchange'
import { EXIT } from '../exit.ts'
import { interruption } from '../interruption.ts'
import type { Ending } from '../main.ts'
import { wholeNumber } from '../options.ts'
import { write } from '../output.ts'
import { plain } from '../plain.ts'

interface FakeFlags {
  readonly port: number
  readonly entries: number
  readonly into?: string
}

const ENTRIES = 1_000
const PRIVATE = 0o600

/** `tutela source fake PARTNER` */
export function fakeCommand(ending: Ending): Command {
  return new Command('fake')
    .description('Run a made-up partner on loopback: hashes of nothing, failures on command.')
    .addArgument(new Argument('<partner>', 'which interface it has').choices(PARTNERS))
    .option('--port <n>', 'port; 0 for any', wholeNumber(0, 65_535), 0)
    .option('--entries <n>', 'entries that it begins with', wholeNumber(0, 1_000_000), ENTRIES)
    .option('--into <folder>', 'write a source for it and its secrets into this folder')
    .action(async (partner: Partner, { port, entries, into }: FakeFlags) => {
      const made = fakePartner(partner, { now: () => Date.now() / 1000 })
      made.rules.grow(entries)
      const fake = await startFake(made.rules, port)
      const stop = interruption('Stopping.')
      try {
        await announce(partner, fake)
        if (into !== undefined)
          await write(`Source: ${plain(await writeSource(into, partner, made, fake))}\n`)
        await new Promise<void>((resolve) => {
          if (stop.signal.aborted) resolve()
          else stop.signal.addEventListener('abort', () => resolve(), { once: true })
        })
      } finally {
        stop.release()
        await fake.close()
      }
      ending.code = EXIT.nothingFound
    })
}

async function announce(partner: Partner, { base }: Fake): Promise<void> {
  await write(
    `A made-up ${partner} listens at ${base}\n` +
      `Tell it to fail: curl -X POST '${base}/fake/fail?kind=broken&times=2'\n` +
      `More entries, fewer: curl -X POST '${base}/fake/grow?count=10' ('/fake/shrink?count=10')\n`,
  )
}

/** @returns the file of the source */
async function writeSource(
  folder: string,
  partner: Partner,
  made: FakePartner,
  { base }: Fake,
): Promise<string> {
  const name = `fake-${partner}`
  await mkdir(join(folder, name), { recursive: true, mode: 0o700 })
  for (const [key, secret] of Object.entries(made.secrets))
    await writeFile(join(folder, name, key), `${secret}\n`, { mode: PRIVATE })
  const file = join(folder, `${name}.yaml`)
  const stated = {
    name,
    title: `A made-up ${partner}`,
    publisher: 'Nobody',
    terms: 'Made-up hashes of nothing.',
    uses: ['gate', 'scan'],
    list: name,
    trust: 'reported',
    api: { kind: partner, base, addresses: 'any', options: made.options },
    secrets: Object.fromEntries(Object.keys(made.secrets).map((key) => [key, join(name, key)])),
    schedule: '*/5 * * * *',
    assertions: { shrinkMax: 0.2, growMax: 1, staleAfterDays: 1 },
  }
  await writeFile(file, stringify(stated))
  return file
}
