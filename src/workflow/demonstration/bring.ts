/** Bring: the reports of one case come in, by the way that every report comes; then the machine looks at what they brought. */
import { type LookClocks, type LookRule, tableName } from '#cases/look-clock'
import { setLookBy } from '#store/case-clocks'
import { itemsInCase } from '#store/case-items'
import { lockCase } from '#store/cases'
import { addGolden } from '#store/golden'
import { reportsOfCase } from '#store/reports'
import { CASE_KINDS } from '#terms/casework'
import type { Actor } from '#terms/event'
import { REPORT_KINDS } from '#terms/report'
import { bringReport } from '../intake/bring.ts'
import type { ReportBrought } from '../intake/brought.ts'
import { reclock } from '../intake/clocks.ts'
import { screenDue } from '../screen/screen.ts'
import type { CastMember } from './cast.ts'
import { actorIn, type StageDesk } from './desk.ts'
import type { Picture, Plot } from './plots.ts'

const HOUR = 3_600_000
const MINUTE = 60_000
const ITEMS_MAX = 100
const NONE: LookRule = { because: 'the plots set their own', source: 'the demonstration', isVerified: false }
/** Nothing that is shown runs out by itself: each plot says when it is due. */
export const STAGE_CLOCKS: LookClocks = {
  ...{ name: 'demonstration', title: 'Clocks of the demonstration', from: '2026-11-22', atRisk: NONE },
  rules: new Map(CASE_KINDS.map((kind) => [kind, new Map(REPORT_KINDS.map((one) => [one, NONE]))])),
}
const NOT_STOPPED = new AbortController().signal

/**
 * Brings the reports of a plot. @param begins the hour that the plots count back from, in milliseconds @returns the case's
 * number
 */
export async function bringPlot(
  desk: StageDesk,
  cast: readonly CastMember[],
  plot: Plot,
  begins: number,
): Promise<string> {
  const { clock } = desk
  clock.at = begins - plot.hoursAgo * HOUR
  const numbers = new Set<string>()
  for (const [place, brought] of (await reportsOf(desk, plot)).entries()) {
    clock.at += (place + 1) * 1000
    const { report } = await bringReport(desk.intake, brought, bearerOf(plot, cast))
    numbers.add(report.caseNumber)
  }
  const [number] = numbers
  if (number === undefined || numbers.size > 1) throw new Error(`${plot.name} is ${numbers.size} cases`)
  clock.at += MINUTE
  if (plot.dueInHours !== undefined) await setClock(desk, number, begins + plot.dueInHours * HOUR)
  while ((await screenDue(desk.screen, NOT_STOPPED)) > 0);
  if (plot.isGolden) await makeGolden(desk, plot, number)
  return number
}

/** Brings what others report of it later. */
export async function bringAgain(
  desk: StageDesk,
  cast: readonly CastMember[],
  plot: Plot,
  hoursAgo: number,
  begins: number,
): Promise<void> {
  desk.clock.at = begins - hoursAgo * HOUR
  const { contact: _, ...again } = plot
  const bearer = { ...bearerOf(plot, cast), channel: 'public', actor: 'tutela' } as const
  const { id: __, ...told } = said(again)
  await bringReport(desk.intake, { ...told, words: 'I saw the same.' }, bearer)
}

/** One report for each file, since each brings its own; of what has none, one. The first says what there is to say. */
async function reportsOf({ pictures }: StageDesk, plot: Plot): Promise<ReportBrought[]> {
  const { pictures: all = [], hashesOnly = false } = plot
  if (all.length === 0) return [said(plot)]
  if (hashesOnly)
    return [{ ...said(plot), hashes: await Promise.all(all.map((one) => pictures.reported(one))) }]
  return Promise.all(
    all.map(async (picture, place) => ({
      ...(place === 0 ? said(plot) : said(withoutWords(plot))),
      ...(isSent(plot) && { id: `${plot.name}-${place}` }),
      file: once(await pictures.file(picture)),
    })),
  )
}

function withoutWords({ words: _, ...plot }: Plot): Plot {
  return plot
}

function said(plot: Plot): ReportBrought {
  const { kind, caseKind, atRisk, words, contact, name } = plot
  const isPlace = kind === 'page' || kind === 'material'
  return {
    kind,
    ...(isSent(plot) && { id: name }),
    ...(isPlace && { address: `https://${name}.example.test/${plot.channel}` }),
    ...(caseKind && { caseKind }),
    ...(atRisk !== undefined && { atRisk }),
    ...(words !== undefined && { words }),
    ...(contact !== undefined && { contact }),
  }
}

/** What a client sends has a name of its own. */
function isSent({ channel }: Plot): boolean {
  return channel !== 'public' && channel !== 'analyst'
}

function bearerOf({ channel, trust }: Plot, cast: readonly CastMember[]) {
  const actor: Actor =
    channel === 'public'
      ? 'tutela'
      : channel === 'analyst'
        ? `person:${actorIn(cast, 'analyst')}`
        : `client:demonstration-${channel}`
  return { channel, actor, ...(trust && { trust }) }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** By when something is to be done of a case, as whoever sent it has asked. */
async function setClock({ queue }: StageDesk, number: string, dueAt: number): Promise<void> {
  const signed = { actor: 'tutela', at: queue.now() } as const
  await queue.database.transaction(async (tx) => {
    const found = await lockCase(tx, number)
    const [first] = await reportsOfCase(tx, number, 1)
    if (!first) throw new Error(`${number} has no report`)
    await setLookBy(tx, first.id, { lookBy: new Date(dueAt), clocks: tableName(STAGE_CLOCKS) }, signed)
    await reclock(tx, found, signed)
  })
}

/** What is right of each item is what its scene is labelled as. */
async function makeGolden(desk: StageDesk, { pictures = [] }: Plot, number: string): Promise<void> {
  const { assess, queue } = desk
  const signed = { actor: 'tutela', at: queue.now() } as const
  const labels = await labelsOf(desk, pictures)
  await queue.database.transaction(async (tx) => {
    await lockCase(tx, number)
    for (const item of await itemsInCase(tx, number, ITEMS_MAX)) {
      const label = labels.get(item.hashes.sha256 ?? '')
      if (label === undefined) throw new Error(`${item.id} is no picture of the plot`)
      const [scheme = ''] = assess.schemes
      const version = assess.vocabularies.schemes.get(scheme)?.version ?? ''
      const grades = [{ scheme, version, category: label }]
      await addGolden(tx, item, { grades, annotation: { origin: 'generated' } }, signed)
    }
  })
}

/** As what each picture is labelled, by its SHA-256. */
export async function labelsOf(
  { pictures }: StageDesk,
  all: readonly Picture[],
): Promise<Map<string, Picture['label']>> {
  const labelled = await Promise.all(
    all.map(async (picture) => [await pictures.sha256(picture), picture.label] as const),
  )
  return new Map(labelled)
}
