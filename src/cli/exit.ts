/** Exit: the closed table of exit codes, and what each fault means for the person who reads it. */
import type { FaultCode } from '#terms/fault'

/** Exit codes of every command; the numbers from 64 on are those of sysexits(3). */
export const EXIT = {
  nothingFound: 0,
  match: 1,
  unknown: 2,
  usage: 64,
  data: 65,
  noInput: 66,
  bug: 70,
  io: 74,
  tryAgain: 75,
  config: 78,
  interrupted: 130,
  terminated: 143,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** For each fault its exit code and the hint that mends it. A code missing here does not compile. */
export const FAULTS: Readonly<Record<FaultCode, { readonly exit: ExitCode; readonly hint: string }>> = {
  'usage.invalid': { exit: EXIT.usage, hint: 'Run the command with --help to see what it takes.' },
  'config.invalid': {
    exit: EXIT.config,
    hint: 'docs/operating/configuration.md names every key; mend the file or the variable.',
  },
  'list.invalid': {
    exit: EXIT.data,
    hint: 'Run "tutela list check FILE" to see every bad line; docs/formats/lists.md shows the formats.',
  },
  'list.unreadable': { exit: EXIT.noInput, hint: 'Check that the list exists and that you may read it.' },
  'index.damaged': {
    exit: EXIT.data,
    hint: 'Build the index again from its lists with "tutela index build".',
  },
  'index.newer': {
    exit: EXIT.data,
    hint: 'A newer Tutela wrote this index: update, or build the index again with this one.',
  },
  'index.unreadable': { exit: EXIT.noInput, hint: 'Check that the index exists and that you may read it.' },
  'input.missing': {
    exit: EXIT.noInput,
    hint: 'Check the path; quote it when it has spaces. For a name that is not UTF-8 give its folder.',
  },
  'input.unreadable': {
    exit: EXIT.noInput,
    hint: 'Check that you may read the file, and that its disk is well.',
  },
  'output.failed': {
    exit: EXIT.io,
    hint: 'Check the free space, that you may write there, and that the name is free.',
  },
  'sandbox.unavailable': {
    exit: EXIT.config,
    hint: 'Install bubblewrap, or use --sandbox auto to go on with the measures that this machine has.',
  },
  'decoder.unavailable': {
    exit: EXIT.tryAgain,
    hint: 'The decoding program could not be started: check memory and process limits, then "npm ci".',
  },
  'journal.damaged': {
    exit: EXIT.data,
    hint: 'Keep the file if it may be evidence, and scan again with a new --state file.',
  },
  'journal.mismatch': {
    exit: EXIT.usage,
    hint: 'Give the lists, paths and options it was begun with, or a new --state file.',
  },
  'journal.ended': {
    exit: EXIT.usage,
    hint: 'Nothing was scanned now. See its results with --replay, or scan again with a new --state file.',
  },
  'journal.busy': {
    exit: EXIT.tryAgain,
    hint: 'Wait for that scan to end, or give another --state; a file that is no lock is for you to move.',
  },
}
