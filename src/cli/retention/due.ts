/** Due: the commands that show what is due, how one item is kept, and the retention profiles. */
import { Command } from 'commander'
import { textOf } from '#cases/period'
import type { Term } from '#cases/profile'
import type { ItemId } from '#terms/evidence'
import { careOf, type ItemCare } from '#workflow/evidence/care'
import { type Due, type NameDue, seeDue } from '#workflow/evidence/due'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption } from '../options.ts'
import { write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { withCare } from './desk.ts'
import { dayOf, itemArgument } from './words.ts'

/** `tutela retention due` */
export function dueCommand(ending: Ending): Command {
  return new Command('due')
    .description('Show what is due: items to destroy, holds and periods to look at, finds to report.')
    .addOption(jsonOption())
    .action(async ({ json }: { json?: boolean }) => {
      const due = await withCare((desk, { by }) => seeDue(desk, by))
      if (json) await writeJson({ kind: 'due', ...due })
      else await write(dueText(due))
      ending.code = EXIT.nothingFound
    })
}

function dueText({ items, holds, profiles, destructions, finds, names }: Due): string {
  const lines = [
    ...items.map(({ item, since, holds: held, destruction }) => {
      const state = held > 0 ? `held by ${held}: it stays` : (destruction ?? 'to be proposed for destruction')
      return `item ${item}  kept for nothing since ${dayOf(since, 'it came')}; ${state}`
    }),
    ...holds.map(
      ({ id, item, reviewAt }) => `hold ${id}  on ${item}: to be looked at since ${dayOf(reviewAt, '')}`,
    ),
    ...profiles.map(
      ({ name, by, since }) =>
        `profile ${name}  its period is to be looked at by ${by} since ${dayOf(since, '')}`,
    ),
    ...destructions.map(({ id, item, approvedAt, begunAt }) => {
      const state = begunAt
        ? 'begun, not complete'
        : approvedAt
          ? 'approved, to be carried out'
          : 'to be approved'
      return `destruction ${id}  of ${item}: ${state}`
    }),
    ...finds.map(({ id, subject, discoveredAt, delays }) => {
      const delayed = delays.length > 0 ? `, ${delays.length} reasons for delay` : ''
      return `find ${id}  of ${subject.kind} ${plain(subject.id)}: not reported since ${discoveredAt}${delayed}`
    }),
    ...names.map((name) => `name ${name.person}  ${nameText(name)}`),
  ]
  return lines.length === 0 ? 'Nothing is due.\n' : `${lines.join('\n')}\n`
}

function nameText(name: NameDue): string {
  switch (name.kind) {
    case 'due':
      return `to be weeded since ${dayOf(name.since, '')}`
    case 'to-decide': {
      const by = name.by.length === 0 ? 'somebody' : name.by.map(plain).join(', ')
      return `left ${dayOf(name.leftAt, '')}: no period is set; ${by} decides, and has it weeded`
    }
    case 'partly':
      return `weeded in part: ${name.copies.join(', ') || 'its key'} may still hold it`
  }
}

/** `tutela retention show ITEM` */
export function showCommand(ending: Ending): Command {
  return new Command('show')
    .description('Show how an item is kept: for what, until when, by which holds, and where its copies are.')
    .addArgument(itemArgument())
    .addOption(jsonOption())
    .action(async (item: ItemId, { json }: { json?: boolean }) => {
      const care = await withCare((desk, { by }) => careOf(desk, by, item))
      if (json) await writeJson({ kind: 'retention', ...care })
      else await write(careText(care))
      ending.code = EXIT.nothingFound
    })
}

function careText({ item, standing, kept, holds, copies, destructions }: ItemCare): string {
  const lines = [
    `${item}  ${standing.kind === 'kept' ? `kept until ${dayOf(standing.until, 'it is decided')}` : 'due to be destroyed'}`,
    ...kept.map(({ purpose, profile, until, lapsedAt }) => {
      const state =
        lapsedAt === undefined ? `until ${dayOf(until, 'decided')}` : `lapsed ${dayOf(lapsedAt, '')}`
      return `  ${purpose} (${profile})  ${state}`
    }),
    ...holds.map(({ id, issuer, releasedAt }) => {
      return `  hold ${id}  for ${plain(issuer)}${releasedAt === undefined ? '' : `, released ${dayOf(releasedAt, '')}`}`
    }),
    ...copies.map(({ id, place, label, expiresAt, outcome }) => {
      const state =
        outcome ?? (expiresAt === undefined ? 'not accounted for' : `expires ${dayOf(expiresAt, '')}`)
      return `  copy ${id}  ${place}, ${plain(label)}: ${state}`
    }),
    ...destructions.map(({ id, withdrawnAt, completeAt, approvedAt }) => {
      const state = withdrawnAt ? 'withdrawn' : completeAt ? 'complete' : approvedAt ? 'approved' : 'proposed'
      return `  destruction ${id}  ${state}`
    }),
  ]
  return `${lines.join('\n')}\n`
}

/** `tutela retention profiles` */
export function profilesCommand(ending: Ending): Command {
  return new Command('profiles')
    .description('Show the retention profiles, and on what they rest.')
    .addOption(jsonOption())
    .action(async ({ json }: { json?: boolean }) => {
      const { readProfiles } = await import('#workflow/evidence/profiles')
      const { dataDirectory } = await import('#store/embedded/place')
      const { readConfig } = await import('#ground/config')
      const profiles = await readProfiles(dataDirectory((await readConfig(process.env)).data))
      for (const profile of profiles.values()) {
        const { name, title, place, purposes, otherwise, verified } = profile
        if (json) await writeJson({ kind: 'profile', ...profile, purposes: Object.fromEntries(purposes) })
        else {
          const doubt = verified === 'operator' ? ' To be verified by whoever runs this.' : ''
          await write(`${name}  ${plain(title)}. ${plain(place)}.${doubt}\n`)
          for (const [purpose, term] of purposes) await write(`  ${purpose}: ${termText(term)}\n`)
          await write(`  all else: ${termText(otherwise)}\n`)
        }
      }
      ending.code = EXIT.nothingFound
    })
}

function termText(term: Term): string {
  const why = `(${plain(term.because)})`
  switch (term.kind) {
    case 'for':
      return `${textOf(term.period)} ${why}`
    case 'until-decided':
      return `until decided by ${plain(term.by)} ${why}`
    case 'not-kept':
      return `not kept ${why}`
  }
}
