/** None: what the absence of a match says, and what it does not, in plain words. */
import type { ListInfo } from '#terms/list'
import type { IndexedRegisterList } from '#terms/lookup'

/** The sentence that stands wherever *none* is reported (lists, their dates, the distance). */
export function noneMeans(lists: readonly ListInfo[], distanceMax: number): string {
  const dated = lists.map((list) => `${list.file} (${list.date.slice(0, 10)})`).join(', ')
  return (
    `None means: not on these lists, at these dates, within a PDQ distance of ${distanceMax}: ${dated}. ` +
    'It says nothing about new pictures, self-generated pictures, or pictures edited further than that.'
  )
}

/**
 * The same sentence for lists of the register. Whoever may not see them is told how many they are and from when, without
 * a name.
 *
 * @param isPartly true when some entries hold nothing but PhotoDNA values, which are not looked up here
 */
export function registerNoneMeans(
  lists: readonly Pick<IndexedRegisterList, 'name' | 'changedAt'>[],
  distanceMax: number,
  { named, isPartly }: { readonly named: boolean; readonly isPartly: boolean },
): string {
  const dates = lists.map((list) => list.changedAt.slice(0, 10))
  const dated = named ? lists.map((list, at) => `${list.name} (${dates[at]})`).join(', ') : counted(dates)
  return (
    `None means: not on these lists, at these dates, within a PDQ distance of ${distanceMax}: ${dated}. ` +
    (isPartly ? 'Some of their entries hold PhotoDNA values only and were not looked up. ' : '') +
    'It says nothing about new pictures, self-generated pictures, or pictures edited further than that.'
  )
}

/** The sentence that names lists of the register, as it is for whoever may not see them. */
export function unnamed(sentence: string): string {
  const names = /(?<=: )[\w.-]+ \(\d{4}-\d\d-\d\d\)(?:, [\w.-]+ \(\d{4}-\d\d-\d\d\))*/
  return sentence.replace(names, (dated) => counted(dated.match(/\d{4}-\d\d-\d\d(?=\))/g) ?? []))
}

function counted(dates: readonly string[]): string {
  const inOrder = [...dates].sort()
  const lists = dates.length === 1 ? 'one list' : `${dates.length} lists`
  return `${lists}, last changed from ${inOrder[0]} to ${inOrder.at(-1)}`
}
