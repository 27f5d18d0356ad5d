/** List: the commands that make, check and convert list files, and those that keep the lists of the register. */
import { Command } from 'commander'
import type { Ending } from '../main.ts'
import { checkCommand } from './check.ts'
import { convertCommand } from './convert.ts'
import {
  disableCommand,
  entryCommand,
  feedbackCommand,
  judgeCommand,
  restoreCommand,
  unjudgeCommand,
  withdrawCommand,
} from './entry.ts'
import { exportCommand } from './export.ts'
import { findCommand } from './find.ts'
import { importCommand } from './import.ts'
import { indexOfCommand } from './index-of.ts'
import { makeCommand } from './make.ts'
import { rehashCommand } from './rehash.ts'
import { changesCommand, entriesCommand, lsCommand, showCommand } from './show.ts'
import { createCommand, removeCommand, renameCommand, termsCommand } from './terms.ts'

const FILES = [makeCommand, checkCommand, convertCommand]
const LISTS = [createCommand, lsCommand, showCommand, termsCommand, renameCommand, removeCommand]
const CONTENTS = [
  importCommand,
  exportCommand,
  indexOfCommand,
  entriesCommand,
  changesCommand,
  rehashCommand,
  findCommand,
]
const ENTRIES = [
  entryCommand,
  withdrawCommand,
  restoreCommand,
  judgeCommand,
  unjudgeCommand,
  disableCommand,
  feedbackCommand,
]

/** `tutela list make|check|convert`, and the commands on lists of the register */
export function listCommand(ending: Ending): Command {
  const command = new Command('list').description('Make, check and convert list files; keep the register.')
  for (const below of [...FILES, ...LISTS, ...CONTENTS, ...ENTRIES]) command.addCommand(below(ending))
  return command
}
