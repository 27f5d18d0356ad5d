/** Demo: the command that shows a scan on generated scenes, and checks it. */
import { Command } from 'commander'
import type { Ending } from '../main.ts'
import { jobsOption, jsonOption, sandboxOption } from '../options.ts'
import { deskCommand } from './desk.ts'
import type { DemoFlags } from './run.ts'

/** `tutela demo`, `tutela demo desk` */
export function demoCommand(ending: Ending): Command {
  return new Command('demo')
    .description(
      'Make generated scenes, edit some, scan for them, and check the findings. Exit 0 when all is right.',
    )
    .option(
      '--keep <folder>',
      'keep the pictures, the list and a report there; the folder must be empty or absent',
    )
    .addOption(jsonOption())
    .addOption(jobsOption())
    .addOption(sandboxOption())
    .addCommand(deskCommand(ending))
    .action(async (flags: DemoFlags) => {
      // Loaded only here: what makes pictures takes a third of a second that no other command should wait for.
      const { runDemo } = await import('./run.ts')
      ending.code = await runDemo(flags)
    })
}
