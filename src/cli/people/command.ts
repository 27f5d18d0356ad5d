/** People: the commands for those who work here. */
import { Command } from 'commander'
import type { Ending } from '../main.ts'
import { admitCommand, resetCommand, setupCommand } from './admit.ts'
import {
  leaveCommand,
  resumeCommand,
  revealCommand,
  rolesCommand,
  suspendCommand,
  weedCommand,
} from './change.ts'
import { allocationsCommand, conflictsCommand, lsCommand, recordsCommand, refusalsCommand } from './ls.ts'
import { passkeysCommand } from './passkeys.ts'
import * as record from './record.ts'
import { joinCommand, signInCommand, signOutCommand } from './sign-in.ts'

/** `tutela people …` */
export function peopleCommand(ending: Ending): Command {
  const people = new Command('people').description('Sign in; admit people, and set what they may do.')
  for (const command of [
    ...[setupCommand, joinCommand, signInCommand, signOutCommand, passkeysCommand, admitCommand, lsCommand],
    ...[rolesCommand, suspendCommand, resumeCommand, resetCommand, revealCommand, leaveCommand, weedCommand],
    ...[record.allocateCommand, record.conflictCommand, record.adviseCommand, record.acknowledgeCommand],
    ...[record.trainCommand, record.riskCommand, recordsCommand, conflictsCommand],
    ...[allocationsCommand, refusalsCommand],
  ])
    people.addCommand(command(ending))
  return people
}
