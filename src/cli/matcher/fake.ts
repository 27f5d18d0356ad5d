/** Fake: the command that runs a made-up remote matcher on this machine, to try things without an agreement. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Argument, Command } from 'commander'
import type { Fake } from '#matchers/fake'
import { startPhotoDnaFake } from '#matchers/photodna/fake'
import { startShieldFake } from '#matchers/shield/fake'
import { Fault } from '#terms/fault'
import { pdqHash } from '#terms/hash'
import { EXIT } from '../exit.ts'
import { interruption } from '../interruption.ts'
import type { Ending } from '../main.ts'
import { collected, wholeNumber } from '../options.ts'
import { write } from '../output.ts'

interface FakeFlags {
  readonly port: number
  readonly knows?: readonly string[]
  readonly pdq?: readonly string[]
}

const MATCHERS = ['shield', 'photodna'] as const
type Matcher = (typeof MATCHERS)[number]

/** What each has to be told to let us in: the content of its secret files, by their keys in the configuration. */
const SECRETS: Readonly<Record<Matcher, Readonly<Record<string, string>>>> = {
  shield: { userFile: 'made-up-user', passwordFile: 'made-up-password' },
  photodna: { keyFile: 'made-up-key' },
}
const CLASSIFICATION = 'csam'
const KNOWN = { source: 'Made up', violations: ['A1'] }

/** `tutela matcher fake MATCHER` */
export function fakeMatcherCommand(ending: Ending): Command {
  return new Command('fake')
    .description('Run a made-up remote matcher on loopback, which knows what it is told to know.')
    .addArgument(new Argument('<matcher>', 'which interface it has').choices(MATCHERS))
    .option('--port <n>', 'port; 0 for any', wholeNumber(0, 65_535), 0)
    .option('--knows <file>', 'a file that it knows, byte by byte; may be given several times', collected)
    .option('--pdq <hash>', 'a PDQ hash that it knows (shield); may be given several times', collected)
    .action(async (matcher: Matcher, flags: FakeFlags) => {
      const fake = await started(matcher, flags)
      const stop = interruption('Stopping.')
      try {
        await announce(matcher, fake)
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

async function started(matcher: Matcher, { port, knows = [], pdq = [] }: FakeFlags): Promise<Fake> {
  const contents = await Promise.all(knows.map(contentOf))
  const known = <T>(algorithm: string, said: T): Map<string, T> =>
    new Map(contents.map((bytes) => [createHash(algorithm).update(bytes).digest('hex'), said]))
  switch (matcher) {
    case 'shield': {
      const { userFile: user = '', passwordFile: password = '' } = SECRETS.shield
      const files = known('sha1', CLASSIFICATION)
      const hashes = new Map(pdq.map((hash) => [checkedPdq(hash), CLASSIFICATION]))
      return startShieldFake({ user, password, files, pdq: hashes, port })
    }
    case 'photodna': {
      if (pdq.length > 0) throw new Fault('usage.invalid', '--pdq is for shield: photodna is sent files')
      return startPhotoDnaFake({
        key: SECRETS.photodna['keyFile'] ?? '',
        files: known('sha256', KNOWN),
        port,
      })
    }
  }
}

async function contentOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (cause) {
    throw new Fault('input.unreadable', `${file}: it cannot be read`, { cause })
  }
}

function checkedPdq(untrusted: string): string {
  const hash = pdqHash(untrusted)
  if (hash === undefined) throw new Fault('usage.invalid', `--pdq ${untrusted}: a PDQ hash has 64 hex digits`)
  return hash
}

/** Says where it listens, and the configuration by which it is asked. */
async function announce(matcher: Matcher, { url }: Fake): Promise<void> {
  const secrets = Object.entries(SECRETS[matcher])
  const lines = [
    `A made-up ${matcher} listens at ${url}`,
    'It is asked with this in the configuration:',
    'matchers:',
    `  ${matcher}:`,
    `    url: ${url}`,
    '    addresses: any',
    `    sends: ${matcher === 'shield' ? 'hashes' : 'bytes'}`,
    ...secrets.map(([key, secret]) => `    ${key}: ${secret}   # a file that holds: ${secret}`),
  ]
  await write(`${lines.join('\n')}\n`)
}
