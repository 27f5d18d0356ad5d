/** Person state: whether somebody may act, as a word with a colour. */
import { Badge } from '@mantine/core'
import type { PersonTold } from '#contract/people'
import { personStateWords } from './words.ts'

export function PersonState({ state }: Pick<PersonTold, 'state'>) {
  const [words, color] = personStateWords[state]
  return (
    <Badge color={color} variant="light" tt="none" fw={500} miw="max-content">
      {words}
    </Badge>
  )
}
