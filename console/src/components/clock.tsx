/** Clock: how long until a time, in words and a colour that is never the only sign. */
import { Badge } from '@mantine/core'
import { exactly, fromNow } from './moments.ts'

const SOON_MILLISECONDS = 4 * 3_600_000

export function Clock({ dueAt }: { readonly dueAt: string }) {
  const left = Date.parse(dueAt) - Date.now()
  const [color, words] =
    left < 0 ? ['red', 'overdue, '] : left < SOON_MILLISECONDS ? ['orange', 'soon, '] : ['gray', '']
  return (
    <Badge color={color} variant="light" tt="none" fw={500} miw="max-content" title={exactly(dueAt)}>
      {words}
      {fromNow(dueAt)}
    </Badge>
  )
}
