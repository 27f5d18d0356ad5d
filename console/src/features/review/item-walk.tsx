/** Item walk: the items of a case that wait, pile by pile; of each how it stands, in words. No picture is in it. */

import { Text } from '@mantine/core'
import { useEffect, useRef } from 'react'
import type { WholeCaseTold } from '#contract/desk'
import { itemName } from '../case/words.ts'
import type { Review } from './use-review.ts'
import { type ItemTold, knownItems } from './walk.ts'

const stateShort: Readonly<Record<ItemTold['state'], string>> = {
  new: 'not checked yet',
  known: 'known',
  near: 'near',
  none: 'on no list',
  unknown: 'not checkable',
  voted: 'second look',
  split: 'two disagree',
  decided: 'decided',
}

export function ItemWalk({ review, told, go }: ItemWalkGiven) {
  const { piles, graded, walk } = review
  const known = knownItems(told)
  return (
    <nav aria-label="Items of this case">
      <Text size="sm" fw={600} mb={4}>
        {walk.length - graded.size} of {walk.length} to grade
      </Text>
      <div className="walk-scroll">
        {piles.map(({ stack, items }) => (
          <div key={stack}>
            {items.length > 1 && (
              <Text size="xs" c="dimmed" mt="xs" px="xs">
                Stack of {items.length}
              </Text>
            )}
            <ul className="walk">
              {items.map((item) => (
                <Step key={item.id} item={item} review={review} go={go} />
              ))}
            </ul>
          </div>
        ))}
      </div>
      {known.length > 0 && (
        <Text size="sm" c="dimmed" mt="md">
          {known.length === 1 ? '1 item is' : `${known.length} items are`} known by the same file: nobody need
          look.
        </Text>
      )}
    </nav>
  )
}

interface ItemWalkGiven {
  readonly review: Review
  readonly told: WholeCaseTold
  readonly go: (id: string) => void
}

function Step({ item, review, go }: { readonly item: ItemTold } & Omit<ItemWalkGiven, 'told'>) {
  const isCurrent = item.id === review.item?.id
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (isCurrent) button.current?.scrollIntoView({ block: 'nearest' })
  }, [isCurrent])
  return (
    <li>
      <button ref={button} type="button" aria-current={isCurrent} onClick={() => go(item.id)}>
        <Text span size="sm" ff="monospace">
          {itemName(item)}
        </Text>
        <Text span size="xs" c="dimmed">
          {wordsOf(item, review)}
        </Text>
      </button>
    </li>
  )
}

function wordsOf(item: ItemTold, { graded, apart }: Review): string {
  const given = graded.get(item.id)
  if (given) return `graded ${given.vote.grades?.[0]?.category ?? ''}`
  return apart.has(item.id) ? 'stands apart' : stateShort[item.state]
}
