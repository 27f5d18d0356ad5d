/** Keys: the commands that back the wrapped keys up, apart from the database, and put them back. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { Fault } from '#terms/fault'
import type { OpenEvidence } from '#workflow/evidence/desk'
import type { KeysDesk } from '#workflow/evidence/keys'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption } from '../options.ts'
import { say, writeJson } from '../output.ts'
import { type StoreDesk, withStore } from '../store.ts'
import { withEvidence } from './evidence.ts'

/** `tutela vault keys …` */
export function keysCommand(ending: Ending): Command {
  const keys = new Command('keys').description('Back up the wrapped keys, and put them back.')
  return keys.addCommand(backupCommand(ending)).addCommand(restoreCommand(ending))
}

function backupCommand(ending: Ending): Command {
  return new Command('backup')
    .description(
      'Write the keys of items and of people, wrapped, into a file, which is registered as a copy that ends on a day.',
    )
    .argument('<file>', 'a file that is not there yet')
    .requiredOption('--expires <date>', 'the day on which it will be destroyed, as 2026-12-31', dayAhead)
    .addOption(jsonOption())
    .action(async (file: string, { expires, json }: { expires: Date; json?: boolean }) => {
      const done = await withStore((desk) =>
        withEvidence(desk, {}, async (evidence) => {
          const { backUpKeys } = await import('#workflow/evidence/keys')
          return backUpKeys(await keysOf(desk, evidence), { file, expiresAt: expires }, desk.signed())
        }),
      )
      if (json) await writeJson({ kind: 'keys-backed-up', ...done })
      else {
        say(`${done.keys} keys are in ${file}, registered as ${done.copy} until ${expires.toISOString()}.`)
        if (done.peopleCopy !== undefined)
          say(`Those of people among them are registered as ${done.peopleCopy}.`)
        say(
          'No destruction and no weeding is complete while it is there. The identity of the vault is not in it.',
        )
      }
      ending.code = EXIT.nothingFound
    })
}

function restoreCommand(ending: Ending): Command {
  return new Command('restore')
    .description(
      'Put back keys that are missing; never of an item that is destroyed or a person who was weeded.',
    )
    .argument('<file>', 'a backup of keys')
    .addOption(jsonOption())
    .action(async (file: string, { json }: { json?: boolean }) => {
      const done = await withStore((desk) =>
        withEvidence(desk, {}, async (evidence) => {
          const { restoreKeys } = await import('#workflow/evidence/keys')
          return restoreKeys(await keysOf(desk, evidence), { file, content: bytesOf(file) }, desk.signed())
        }),
      )
      const { restored, present, destroyed, weeded, unknown, unopened, isExpired } = done
      if (json) await writeJson({ kind: 'keys-restored', ...done })
      else {
        say(`${restored.length} keys were put back; ${present} were there.`)
        if (destroyed.length > 0) say(`${destroyed.length} are of destroyed items and stay gone.`)
        if (weeded.length > 0) say(`${weeded.length} are of people who were weeded and stay gone.`)
        if (unknown.length > 0)
          say(`${unknown.length} are of items or people that this database does not know.`)
        if (unopened.length > 0)
          say(
            `${unopened.length} open with no identity of the vault and were not put back: ` +
              'the backup is from before a rotation whose identity is gone, or of another vault.',
          )
        if (isExpired) say('This backup should be gone by now: destroy it, and account for its copy.')
      }
      ending.code = unopened.length > 0 ? EXIT.match : EXIT.nothingFound
    })
}

/** The keys of the vault, and those of people beside them. */
async function keysOf({ config }: StoreDesk, { database, vault }: OpenEvidence): Promise<KeysDesk> {
  const { personKeyFolder } = await import('#ground/person-keys')
  const { dataDirectory } = await import('#store/embedded/place')
  const folder = config.people?.keys ?? join(dataDirectory(config.data), 'keys', 'people')
  return { database, vault, people: personKeyFolder(folder) }
}

async function* bytesOf(file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(file)
  } catch (cause) {
    throw new Fault('input.missing', `${file} cannot be read`, { cause })
  }
}

function dayAhead(untrusted: string): Date {
  const date = /^\d{4}-\d{2}-\d{2}$/.test(untrusted) ? new Date(`${untrusted}T00:00:00Z`) : undefined
  if (date === undefined || Number.isNaN(date.getTime()))
    throw new InvalidArgumentError('It must be a day, as 2026-12-31.')
  return date
}
