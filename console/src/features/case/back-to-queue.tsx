/** Back to queue: where a case was come to from. */
import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'

export function BackToQueue() {
  return (
    <Anchor component={Link} to="/queue" size="sm">
      Queue
    </Anchor>
  )
}
