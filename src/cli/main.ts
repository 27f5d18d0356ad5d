/** Main: the commands, and the one place where an ending becomes an exit code. */
import { Command, CommanderError, Help, type Option } from 'commander'
import { HINTS } from '#ground/hints'
import { VERSION } from '#ground/version'
import { Fault } from '#terms/fault'
import { EXIT, type ExitCode, FAULT_EXITS } from './exit.ts'
import { Interrupted } from './interruption.ts'
import { flush, ReaderGone, say, watchOutput } from './output.ts'

/** Where a command leaves its exit code. */
export interface Ending {
  code: ExitCode
}

/** Runs the command line and sets the exit code. Nothing but a command that ended well gives 0, 1 or 2. */
export async function main(argv: readonly string[]): Promise<void> {
  process.exitCode = EXIT.bug
  isHelpComplaint = false
  watchOutput()
  process.on('uncaughtException', (error) => process.exit(report(error)))
  warnOfOldNode()
  const ending: Ending = { code: EXIT.bug }
  try {
    await (await commandLine(ending, argv[2])).parseAsync([...argv])
    await flush()
    process.exitCode = ending.code
  } catch (error) {
    process.exitCode = await flushed(report(error))
  }
}

/** True once the command line showed its help as a complaint, and not because it was asked for. */
let isHelpComplaint = false

function noteComplaint(): void {
  isHelpComplaint = true
}

type MakeCommand = (ending: Ending) => Command

/** The commands in the order of the help. Each is read from disk only where it is called, or all are shown. */
const COMMANDS: Readonly<Record<string, () => Promise<MakeCommand>>> = {
  start: async () => (await import('./start.ts')).startCommand,
  init: async () => (await import('./init.ts')).initCommand,
  doctor: async () => (await import('./doctor.ts')).doctorCommand,
  backup: async () => (await import('./backup.ts')).backupCommand,
  restore: async () => (await import('./restore.ts')).restoreCommand,
  hash: async () => (await import('./hash.ts')).hashCommand,
  compare: async () => (await import('./compare.ts')).compareCommand,
  scan: async () => (await import('./scan/command.ts')).scanCommand,
  list: async () => (await import('./list/command.ts')).listCommand,
  index: async () => (await import('./index/command.ts')).indexCommand,
  demo: async () => (await import('./demo/command.ts')).demoCommand,
  report: async () => (await import('./report/command.ts')).reportCommand,
  match: async () => (await import('./match.ts')).matchCommand,
  key: async () => (await import('./key/command.ts')).keyCommand,
  ledger: async () => (await import('./ledger/command.ts')).ledgerCommand,
  source: async () => (await import('./source/command.ts')).sourceCommand,
  matcher: async () => (await import('./matcher/command.ts')).matcherCommand,
  vault: async () => (await import('./vault/command.ts')).vaultCommand,
  golden: async () => (await import('./golden/command.ts')).goldenCommand,
  case: async () => (await import('./case/command.ts')).caseCommand,
  exposure: async () => (await import('./exposure/command.ts')).exposureCommand,
  people: async () => (await import('./people/command.ts')).peopleCommand,
  authority: async () => (await import('./authority/command.ts')).authorityCommand,
  offer: async () => (await import('./offer/command.ts')).offerCommand,
  retention: async () => (await import('./retention/command.ts')).retentionCommand,
  defence: async () => (await import('./defence/command.ts')).defenceCommand,
}

async function commandLine(ending: Ending, word: string | undefined): Promise<Command> {
  const program = new Command('tutela')
    .description('Finds known pictures by exact and perceptual hash: match, none, or unknown, because.')
    .version(VERSION)
    .exitOverride()
    .configureOutput({ writeErr: noteComplaint }) // it is said once, by `report`
    .configureHelp({ visibleOptions: requiredFirst, optionDescription: describedOption })
    .showHelpAfterError(false)
    .helpCommand(true)
  for (const load of loadersFor(word)) {
    const command = await load()
    program.addCommand(inherit(command(ending), program))
  }
  return program.allowExcessArguments().action(() => {
    const [unknown] = program.args
    throw new Fault(
      'usage.invalid',
      unknown === undefined ? 'no command was given' : `there is no command ${unknown}`,
    )
  })
}

/** The options of a command as its help shows them: those that it cannot do without come first. */
function requiredFirst(command: Command): Option[] {
  const options = new Help().visibleOptions(command)
  return [...options.filter(({ mandatory }) => mandatory), ...options.filter(({ mandatory }) => !mandatory)]
}

function describedOption(option: Option): string {
  const description = new Help().optionDescription(option)
  return option.mandatory ? `${description} (required)` : description
}

/** What a first word needs: its own command; none for the version; all where the help may be shown. */
function loadersFor(word: string | undefined): readonly (() => Promise<MakeCommand>)[] {
  if (word === '--version' || word === '-V') return []
  const called = word !== undefined && Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined
  return called ? [called] : Object.values(COMMANDS)
}

/** Gives a command and those below it the program's way of ending and speaking. */
function inherit(command: Command, program: Command): Command {
  command.copyInheritedSettings(program)
  for (const below of command.commands) inherit(below, program)
  return command
}

/** The exit code, once what was printed has left; that of a failed output when it could not. */
async function flushed(code: ExitCode): Promise<ExitCode> {
  try {
    await flush()
    return code
  } catch (error) {
    return code === EXIT.nothingFound ? report(error) : code
  }
}

/** Says what went wrong, and returns the exit code for it. */
function report(error: unknown): ExitCode {
  if (error instanceof ReaderGone) return EXIT.io
  if (error instanceof Interrupted) return EXIT.interrupted
  if (error instanceof CommanderError) return reportUsage(error)
  if (error instanceof Fault) {
    say(`tutela: ${error.message} [${error.code}]\nHint: ${HINTS[error.code]}`)
    return FAULT_EXITS[error.code]
  }
  if (isOutputError(error)) {
    say(`tutela: the output could not be written: ${error.message} [output.failed]`)
    return EXIT.io
  }
  say(`tutela: a fault in the program itself.\n${error instanceof Error ? error.stack : String(error)}`)
  return EXIT.bug
}

function reportUsage(error: CommanderError): ExitCode {
  // Help and version that were asked for are no failure.
  const isHelp = error.code === 'commander.help' && !isHelpComplaint
  if (error.exitCode === 0 || isHelp) return EXIT.nothingFound
  const message = error.code === 'commander.help' ? 'the command needs another word' : error.message
  say(`tutela: ${message.replace(/^error: /, '')} [usage.invalid]\nHint: ${HINTS['usage.invalid']}`)
  return EXIT.usage
}

function isOutputError(error: unknown): error is NodeJS.ErrnoException {
  const code = (error as NodeJS.ErrnoException).code
  return error instanceof Error && ['ENOSPC', 'EIO', 'EDQUOT', 'EFBIG', 'EROFS'].includes(code ?? '')
}

function warnOfOldNode(): void {
  const major = Number.parseInt(process.versions.node, 10)
  if (major < 22 && process.stderr.isTTY) {
    say(`tutela: Node ${process.versions.node} works but is old; Node 22 or later is advised.`)
  }
}
