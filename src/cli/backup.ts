/** Backup: the command that writes one moment of the store as a file, or reads such a file to its end. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import { type Config, databaseUrl, readConfig } from '#ground/config'
import { VERSION } from '#ground/version'
import type { BackupManifest } from '#store/backup/manifest'
import type { Told } from '#store/backup/told'
import { type BackupProgress, openBackupProgress } from './backup-progress.ts'
import { EXIT } from './exit.ts'
import type { Ending } from './main.ts'
import { counted, readableBytes } from './numbers.ts'
import { jsonOption } from './options.ts'
import { write, writeJson } from './output.ts'
import { plain } from './plain.ts'

interface BackupFlags {
  readonly verify?: boolean
  readonly json?: boolean
}

/** `tutela backup FILE|DIR`, `tutela backup --verify FILE` */
export function backupCommand(ending: Ending): Command {
  return new Command('backup')
    .description(
      'Write the whole store as one file while it is in use, and read that back; or check such a file.',
    )
    .argument('<path>', 'the file to write, or a folder for one named by the time')
    .option('--verify', 'write nothing: read the file to its end and check every digest in it')
    .addOption(jsonOption())
    .action(async (path: string, flags: BackupFlags) => {
      const config = await readConfig(process.env)
      const progress = openBackupProgress(flags.json !== true)
      const { file, manifest } = await readBack(path, config, flags, progress).finally(() => progress.stop())
      await tell(file, manifest, flags)
      ending.code = EXIT.nothingFound
    })
}

/** Writes a backup unless it is only to be verified, and reads it to its end. */
async function readBack(
  path: string,
  config: Config,
  { verify }: BackupFlags,
  { told }: BackupProgress,
): Promise<{ readonly file: string; readonly manifest: BackupManifest }> {
  const file = verify ? path : await written(path, config, told)
  const { discarding, readBackup } = await import('#store/backup/read')
  const manifest = await readBackup(file, discarding, (done, total) => told({ step: 'read', done, total }))
  return { file, manifest }
}

/** @returns the file that was written */
async function written(path: string, config: Config, told: Told): Promise<string> {
  const [{ openStore }, { writeBackup }] = await Promise.all([
    import('#store/open'), // heavy: other commands need not wait
    import('#store/backup/write'),
  ])
  const store = await openStore({ data: config.data, url: await databaseUrl(config), create: false })
  try {
    const file = await fileAt(path)
    await writeBackup(store.database, file, VERSION, told)
    return file
  } finally {
    await store.close()
  }
}

/** In a folder the file is named by the time, in UTC, to the second. */
async function fileAt(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isDirectory()) return path
  const time = new Date().toISOString().replace(/[-:]/g, '').replace(/\..*/, 'Z')
  return join(path, `tutela-${time}.backup`)
}

async function tell(file: string, manifest: BackupManifest, { verify, json }: BackupFlags): Promise<void> {
  const { size } = await stat(file)
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0)
  if (json) return writeJson({ kind: 'backup', file, bytes: size, rows, ...manifest })
  const words = verify ? 'is whole' : 'was written and read back'
  await write(
    `${plain(file)} ${words}: ${counted(rows, 'row')} of ${counted(manifest.tables.length, 'table')}, ${readableBytes(size)}, ` +
      `as of ${manifest.at} (change ${manifest.change}, form ${manifest.form})\n`,
  )
}
