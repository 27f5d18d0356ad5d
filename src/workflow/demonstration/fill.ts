/**
 * Fill: a demonstration is told from its first day to now: people, lists, reports, what the machine found and what people
 * did.
 */
import { noteFilled } from '#store/deployment'
import { bringAgain, bringPlot } from './bring.ts'
import { admitCast, castOf } from './cast.ts'
import type { StageDesk } from './desk.ts'
import { makeLists } from './lists.ts'
import { type Plot, plots } from './plots.ts'
import { workOn } from './work.ts'

/** How far a filling is. */
export interface FillProgress {
  readonly kind: 'people' | 'lists' | 'cases'
  readonly done: number
  readonly total: number
}

/** What a demonstration has. */
export interface Filled {
  readonly cases: number
  readonly items: number
  readonly entries: number
}

const HOUR = 3_600_000
/** The people and the lists were there so long before the first report. */
const BEFORE_HOURS = 6

/**
 * Fills a demonstration that has nothing yet. The same seed gives the same people, pictures and stories; ids and times differ.
 *
 * @param now what the stories end with
 * @throws whatever a door refuses; then it stays half told, and is to be begun in another folder
 */
export async function fillDemonstration(
  desk: StageDesk,
  { seed, now, told }: { readonly seed: number; readonly now: Date; told(progress: FillProgress): void },
): Promise<Filled> {
  const { clock, people } = desk
  const begins = now.getTime()
  const story = plots(seed)
  clock.at = begins - ((story[0]?.hoursAgo ?? 0) + BEFORE_HOURS) * HOUR
  const signed = () => ({ actor: 'tutela', at: new Date(clock.at) }) as const
  await admitCast(people, signed())
  const cast = await castOf(people)
  told({ kind: 'people', done: cast.length, total: cast.length })
  const entries = await makeLists(people.database, desk.pictures, signed())
  await desk.followed()
  told({ kind: 'lists', done: entries, total: entries })
  for (const [place, plot] of story.entries()) {
    const number = await bringPlot(desk, cast, plot, begins)
    await workOn(desk, cast, plot, number)
    told({ kind: 'cases', done: place + 1, total: story.length })
  }
  for (const { plot, hoursAgo } of repeats(story)) await bringAgain(desk, cast, plot, hoursAgo, begins)
  clock.at = begins
  await people.database.transaction((tx) => noteFilled(tx, story.length, signed()))
  const items = story.reduce((sum, { pictures = [] }) => sum + Math.max(1, pictures.length), 0)
  return { cases: story.length, items, entries }
}

function repeats(story: readonly Plot[]): { readonly plot: Plot; readonly hoursAgo: number }[] {
  const all = story.flatMap((plot) => (plot.alsoHoursAgo ?? []).map((hoursAgo) => ({ plot, hoursAgo })))
  return all.sort((one, other) => other.hoursAgo - one.hoursAgo)
}
