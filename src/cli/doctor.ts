/** Doctor: the command that says what is wrong with the installation and the store, and how to mend it. */
import { Command } from 'commander'
import { type Config, databaseUrl, readConfig } from '#ground/config'
import { HINTS } from '#ground/hints'
import type { Finding } from '#store/doctor/finding'
import { Fault } from '#terms/fault'
import { EXIT } from './exit.ts'
import type { Ending } from './main.ts'
import { jsonOption } from './options.ts'
import { write, writeJson } from './output.ts'
import { plain } from './plain.ts'

const NODE_MAJOR = { least: 20, advised: 22 }
const WORDS = { ok: 'ok   ', warn: 'warn ', wrong: 'WRONG' } as const

/** `tutela doctor` */
export function doctorCommand(ending: Ending): Command {
  return new Command('doctor')
    .description('Look at the installation and the store, and say what is wrong and how to mend it.')
    .addOption(jsonOption())
    .action(async ({ json }: { json?: boolean }) => {
      let isWell = true
      for await (const finding of findings()) {
        isWell &&= finding.state !== 'wrong'
        await tell(finding, json === true)
      }
      ending.code = isWell ? EXIT.nothingFound : EXIT.match
    })
}

async function* findings(): AsyncIterable<Finding> {
  yield nodeVersion(process.versions.node)
  const config = await configuration()
  yield config.finding
  if (!config.config) return
  const { examineStore } = await import('#store/doctor/examine') // heavy: other commands need not wait
  yield* examineStore({ data: config.config.data, url: config.url, now: () => new Date() })
  const [{ examineSnapshot }, { dataDirectory }] = await Promise.all([
    import('./doctor-index.ts'),
    import('#store/embedded/place'),
  ])
  yield await examineSnapshot(dataDirectory(config.config.data))
}

function nodeVersion(version: string): Finding {
  const major = Number.parseInt(version, 10)
  const check = 'node'
  if (major < NODE_MAJOR.least)
    return { check, state: 'wrong', says: version, mend: `install Node ${NODE_MAJOR.advised} or later` }
  if (major >= NODE_MAJOR.advised) return { check, state: 'ok', says: version }
  return {
    check,
    state: 'warn',
    says: `${version} works but is old`,
    mend: `Node ${NODE_MAJOR.advised} or later is advised`,
  }
}

async function configuration(): Promise<{ finding: Finding; config?: Config; url?: string | undefined }> {
  const check = 'configuration'
  try {
    const config = await readConfig(process.env)
    const url = await databaseUrl(config)
    return {
      finding: { check, state: 'ok', says: config.file ?? 'no file; the environment and the defaults' },
      config,
      url,
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { finding: { check, state: 'wrong', says: error.message, fault: error.code } }
  }
}

async function tell(finding: Finding, json: boolean): Promise<void> {
  const mend = finding.mend ?? (finding.fault && HINTS[finding.fault])
  if (json) return writeJson({ kind: 'finding', ...finding, ...(mend !== undefined && { mend }) })
  await write(`${WORDS[finding.state]}  ${finding.check}: ${plain(finding.says)}\n`)
  if (mend !== undefined) await write(`       ${plain(mend)}\n`)
}
