/** None: what the absence of a match says, and what it does not, in plain words. */
import type { ListInfo } from '#terms/list'

/** The sentence that stands wherever *none* is reported (lists, their dates, the distance). */
export function noneMeans(lists: readonly ListInfo[], distanceMax: number): string {
  const dated = lists.map((list) => `${list.file} (${list.date.slice(0, 10)})`).join(', ')
  return (
    `None means: not on these lists, at these dates, within a PDQ distance of ${distanceMax}: ${dated}. ` +
    'It says nothing about new pictures, self-generated pictures, or pictures edited further than that.'
  )
}
