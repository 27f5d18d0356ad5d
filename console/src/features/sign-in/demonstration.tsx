/** Demonstration: into a demonstration by choosing who to be, or by a link that works once. */
import { Button, Divider, SimpleGrid, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { CastAsked, DeploymentTold } from '#contract/demonstration'
import type { SessionTold } from '#contract/sign-in'
import { ask } from '../../app/queries.ts'
import { Told } from '../../components/told.tsx'

const TOKEN = /^#(tud_[A-Za-z0-9_-]{43})$/

/** The link's token, once: it is taken out of the address, where others could read it. */
function takeToken(): string | undefined {
  const token = TOKEN.exec(window.location.hash)?.[1]
  if (token !== undefined) window.history.replaceState(null, '', window.location.pathname)
  return token
}

/** Shown where the service says that this is a demonstration on its own machine. */
export function DemonstrationSignIn({
  entered,
}: {
  readonly entered: (session: SessionTold) => Promise<void>
}) {
  const { data } = useQuery({
    queryKey: ['deployment'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => ask<DeploymentTold>('/v1/deployment'),
  })
  const { mutate, error, isPending } = useMutation({
    mutationFn: (asked: CastAsked) => ask<SessionTold>('/v1/demonstration/sign-in', { body: asked }),
    onSuccess: entered,
  })
  useEffect(() => {
    const token = takeToken()
    if (token !== undefined) mutate({ token })
  }, [mutate])
  const { cast = [] } = data ?? {}
  if (cast.length === 0) return <Told error={error} />
  return (
    <Stack gap="sm">
      <Text fw={600}>This is a demonstration</Text>
      <Text size="sm">Everything in it is generated. Choose who to be:</Text>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
        {cast.map(({ role, place }) => (
          <Button
            key={`${role} ${place}`}
            px={4}
            size="sm"
            fw={500}
            variant="default"
            disabled={isPending}
            onClick={() => mutate({ role, place })}
          >
            {nameOf(role, place)}
          </Button>
        ))}
      </SimpleGrid>
      <Told error={error} />
      <Divider label="or, as everywhere else" />
    </Stack>
  )
}

function nameOf(role: string, place: number): string {
  const words = role.replaceAll('-', ' ')
  const name = words.charAt(0).toUpperCase() + words.slice(1)
  return place === 1 ? name : `${name} ${place}`
}
