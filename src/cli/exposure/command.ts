/** Exposure: the commands by which a person sees what they looked at, takes a break or opts out, and others see totals. */
import { Command, InvalidArgumentError } from 'commander'
import { isId } from '#ground/id'
import { OPT_OUT_CATEGORIES, OPT_OUT_KINDS, type OptOutCategory, optOutCategory } from '#terms/exposure'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import type { ExposureDesk, OwnExposure } from '#workflow/evidence/exposure'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption, wholeNumber } from '../options.ts'
import { say, write, writeJson } from '../output.ts'
import { withPerson } from '../session.ts'

interface Flags {
  readonly json?: boolean
}

const BREAK_MINUTES_MAX = 1440
const UNITS_MAX = 1_000_000

/** `tutela exposure me|break|opt-out|opt-in|budget|totals` */
export function exposureCommand(ending: Ending): Command {
  const command = new Command('exposure').description('What you looked at, your breaks and opt-outs; totals.')
  for (const one of [meCommand, breakCommand, optOutCommand, optInCommand, budgetCommand, totalsCommand])
    command.addCommand(one(ending))
  return command
}

function meCommand(ending: Ending): Command {
  return new Command('me')
    .description('Show what you have looked at today, and how you stand.')
    .addOption(jsonOption())
    .action(async ({ json }: Flags) => {
      await tell(await acted((exposure, desk, by) => exposure.ownExposure(desk, by)), json)
      ending.code = EXIT.nothingFound
    })
}

function breakCommand(ending: Ending): Command {
  return new Command('break')
    .description('Take a break: until it is over, nothing is shown to you.')
    .argument('<minutes>', 'how long', wholeNumber(1, BREAK_MINUTES_MAX))
    .addOption(jsonOption())
    .action(async (minutes: number, { json }: Flags) => {
      await tell(await acted((exposure, desk, by) => exposure.ownBreak(desk, by, minutes)), json)
      ending.code = EXIT.nothingFound
    })
}

function optOutCommand(ending: Ending): Command {
  return new Command('opt-out')
    .description('Opt out of looking. No reason is asked for.')
    .argument('<category>', 'of what: full, blurred, …, kind:grooming, category:uk-sentencing/A', categoryOf)
    .option('--until <moment>', 'ISO 8601; until you take it back unless given')
    .action(async (category: OptOutCategory, { until }: { until?: string }) => {
      const given = { category, ...(until !== undefined && { until: momentOf(until) }) }
      const id = await acted((exposure, desk, by) => exposure.ownOptOut(desk, by, given))
      await write(`${id}\n`)
      ending.code = EXIT.nothingFound
    })
}

function optInCommand(ending: Ending): Command {
  return new Command('opt-in')
    .description('Take an opt-out back.')
    .argument('<opt-out>', 'the opt-out: "tutela exposure me" shows them')
    .action(async (id: string) => {
      await acted((exposure, desk, by) => exposure.ownOptIn(desk, by, id))
      say(`${id} is taken back.`)
      ending.code = EXIT.nothingFound
    })
}

function budgetCommand(ending: Ending): Command {
  return new Command('budget')
    .description(
      'Set how many units somebody else may have in a day; as the deployment has it without units.',
    )
    .argument('<person>', 'a pseudonym')
    .argument('[units]', 'units of a day', wholeNumber(0, UNITS_MAX))
    .action(async (untrusted: string, units: number | undefined) => {
      if (!isId('p', untrusted)) throw new Fault('usage.invalid', `${untrusted} is no pseudonym`)
      const person: PersonId = untrusted
      await acted((exposure, desk, by) => exposure.setPersonBudget(desk, by, person, units))
      say(
        units === undefined
          ? `${person} has the budget of everybody.`
          : `${person} has ${units} units a day.`,
      )
      ending.code = EXIT.nothingFound
    })
}

function totalsCommand(ending: Ending): Command {
  return new Command('totals')
    .description('Show totals of days that are over; none where fewer than five people looked.')
    .argument('<from>', 'a day, as 2026-03-01')
    .argument('<to>', 'a day')
    .addOption(jsonOption())
    .action(async (from: string, to: string, { json }: Flags) => {
      for (const one of await acted((exposure, desk, by) =>
        exposure.exposureTotals(desk, by, { from, to }),
      )) {
        const { day, counts } = one
        if (json) await writeJson({ kind: 'exposure-total', ...one })
        else if (counts === undefined) await write(`${day}  fewer than five people\n`)
        else await write(`${day}  ${counts.people} people, ${counts.looks} looks, ${counts.units} units\n`)
      }
      ending.code = EXIT.nothingFound
    })
}

type Exposure = typeof import('#workflow/evidence/exposure')

function acted<T>(act: (exposure: Exposure, desk: ExposureDesk, by: PersonId) => Promise<T>): Promise<T> {
  return withPerson(async ({ database, config, by }) => {
    const { exposurePolicy } = await import('#people/exposure')
    const { readVocabularies } = await import('#lists/vocabularies')
    const vocabularies = readVocabularies(config.vocabularies)
    const desk = { database, exposure: exposurePolicy(config.exposure), vocabularies, now: () => new Date() }
    return act(await import('#workflow/evidence/exposure'), desk, by)
  })
}

async function tell({ policy, ...own }: OwnExposure, json: boolean | undefined): Promise<void> {
  if (json) return writeJson({ kind: 'exposure', ...own })
  const { day, standing, looks, optOuts } = own
  const { state, units, budgetUnits, sinceBreakUnits, breakUntil } = standing
  const lines = [
    `${day}  ${state}: ${units} of ${budgetUnits} units, ${looks.length} looks`,
    `since the last break ${sinceBreakUnits} of ${policy.breakAfterUnits}`,
    ...(breakUntil === undefined ? [] : [`a break until ${breakUntil}`]),
    ...optOuts.map(
      ({ id, category, until }) =>
        `${id}  opted out of ${category} ${until === undefined ? '' : `until ${until}`}`,
    ),
  ]
  await write(lines.map((line) => `${line.trimEnd()}\n`).join(''))
}

function categoryOf(untrusted: string): OptOutCategory {
  const category = optOutCategory(untrusted)
  if (category !== undefined) return category
  const kinds = OPT_OUT_KINDS.map((kind) => `kind:${kind}`)
  throw new InvalidArgumentError(
    `one of ${[...OPT_OUT_CATEGORIES, ...kinds].join(', ')}, or category:SCHEME/CODE`,
  )
}

function momentOf(untrusted: string): Date {
  const moment = new Date(untrusted)
  if (/^\d{4}-\d\d-\d\d/.test(untrusted) && !Number.isNaN(moment.getTime())) return moment
  throw new Fault('usage.invalid', '--until takes a time in ISO 8601, as 2026-12-31T18:00:00Z')
}
