/** Presence: who else has this case open now, by pseudonym. */
import { Badge, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { presenceKey, useOpenCase } from '../app/live.ts'
import { useMe } from '../app/session.ts'

export function Presence({ number }: { readonly number: string }) {
  const me = useMe()
  useOpenCase(number)
  const { data = [] } = useQuery<readonly string[]>({
    queryKey: presenceKey(number),
    queryFn: () => [],
    enabled: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const others = data.filter((person) => person !== me.person)
  if (others.length === 0) return null
  return (
    <Group gap="xs" aria-live="polite">
      <Text size="sm" c="dimmed">
        Also here
      </Text>
      {others.map((person) => (
        <Badge key={person} variant="light" color="gray" tt="none" fw={500}>
          {person}
        </Badge>
      ))}
    </Group>
  )
}
