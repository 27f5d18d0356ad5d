/** Demonstration banner: on every page, so that nobody takes generated scenes for work. */
import { Alert } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { DeploymentTold } from '#contract/demonstration'
import { ask } from '../app/queries.ts'

export function DemonstrationBanner() {
  const { data } = useQuery({
    queryKey: ['deployment'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => ask<DeploymentTold>('/v1/deployment'),
  })
  if (!data?.demonstration) return null
  return (
    <Alert color="yellow" variant="light" mb="md" py="xs" title="Demonstration">
      Everything here is generated. Nobody is shown in any of it, and nothing leaves this machine.
    </Alert>
  )
}
