/** Restore: the command that brings a backup back, into a place where nothing is yet. */
import { resolve } from 'node:path'
import { Command } from 'commander'
import { databaseUrl, readConfig } from '#ground/config'
import { Fault } from '#terms/fault'
import { openBackupProgress } from './backup-progress.ts'
import { EXIT } from './exit.ts'
import type { Ending } from './main.ts'
import { counted } from './numbers.ts'
import { jsonOption } from './options.ts'
import { write, writeJson } from './output.ts'
import { plain } from './plain.ts'

interface RestoreFlags {
  readonly into?: string
  readonly json?: boolean
}

/** `tutela restore FILE [--into FOLDER]` */
export function restoreCommand(ending: Ending): Command {
  return new Command('restore')
    .description('Restore a backup into a data directory that is not there yet, or an empty database.')
    .argument('<file>', 'the backup')
    .option('--into <folder|url>', 'a data directory, or postgres://… (default: TUTELA_DATA or DATABASE_URL)')
    .addOption(jsonOption())
    .action(async (file: string, flags: RestoreFlags) => {
      const into = await target(flags)
      const { restoreIntoDatabase, restoreIntoFolder } = await import('#store/backup/into') // heavy: others need not wait
      const progress = openBackupProgress(flags.json !== true)
      const restoring =
        into.kind === 'url'
          ? restoreIntoDatabase(into.url, file, progress.told)
          : restoreIntoFolder(into.folder, file, progress.told)
      const { manifest, events } = await restoring.finally(() => progress.stop())
      const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0)
      if (flags.json)
        await writeJson({
          kind: 'restored',
          into: into.kind === 'url' ? 'database' : into.folder,
          rows,
          events,
        })
      else {
        await write(
          `${plain(file)} of ${manifest.at} was restored into ${into.kind === 'url' ? 'the database' : plain(into.folder)}: ` +
            `${counted(rows, 'row')}, ${counted(events, 'event')} with the leaf that is theirs\n`,
        )
      }
      ending.code = EXIT.nothingFound
    })
}

type Target =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'folder'; readonly folder: string }

async function target({ into }: RestoreFlags): Promise<Target> {
  if (into?.includes('://')) return { kind: 'url', url: postgresUrl(into) }
  if (into !== undefined) return { kind: 'folder', folder: resolve(into) }
  const config = await readConfig(process.env)
  const url = await databaseUrl(config)
  if (url !== undefined) return { kind: 'url', url }
  const { dataDirectory } = await import('#store/embedded/place')
  return { kind: 'folder', folder: dataDirectory(config.data) }
}

/** An address of another kind would be taken for a local socket. */
function postgresUrl(given: string): string {
  if (/^postgres(ql)?:\/\//.test(given)) return given
  throw new Fault('usage.invalid', '--into takes a folder, or an address that begins with postgres://')
}
