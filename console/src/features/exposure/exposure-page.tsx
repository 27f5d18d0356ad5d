/** Exposure page: what looking came to today, for the person alone; and totals of the team for those who answer for it. */
import { Stack, Tabs, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { OwnExposureTold } from '#contract/viewings'
import { ask } from '../../app/queries.ts'
import { hasRole, useMe } from '../../app/session.ts'
import { Told } from '../../components/told.tsx'
import { Breaks } from './breaks.tsx'
import { Day } from './day.tsx'
import { Looks } from './looks.tsx'
import { OptOuts } from './opt-outs.tsx'
import { Totals } from './totals.tsx'

export function ExposurePage() {
  const me = useMe()
  const seesTotals = hasRole(me, 'supervisor', 'safeguarding-lead', 'auditor')
  return (
    <Stack>
      <div>
        <Title order={1}>My exposure</Title>
        <Text c="dimmed" size="sm">
          What looking came to. A person’s own day is shown to nobody else.
        </Text>
      </div>
      {seesTotals ? (
        <Tabs defaultValue="mine" keepMounted={false}>
          <Tabs.List mb="md">
            <Tabs.Tab value="mine">Mine</Tabs.Tab>
            <Tabs.Tab value="team">The team’s totals</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="mine">
            <Mine />
          </Tabs.Panel>
          <Tabs.Panel value="team">
            <Totals />
          </Tabs.Panel>
        </Tabs>
      ) : (
        <Mine />
      )}
    </Stack>
  )
}

function Mine() {
  const { data, error } = useQuery({
    queryKey: ['exposure'],
    queryFn: () => ask<OwnExposureTold>('/v1/exposure/me'),
    refetchInterval: 60_000,
  })
  return (
    <Stack gap="lg" maw={880}>
      <Told error={error} />
      {data && (
        <>
          <Day told={data} />
          <Breaks told={data} />
          <OptOuts optOuts={data.optOuts} />
          <Looks looks={data.looks} day={data.day} />
        </>
      )}
      <Known />
    </Stack>
  )
}

/** What is known, and what is not. */
function Known() {
  return (
    <section aria-labelledby="known">
      <Title order={2} id="known" mb="xs">
        What is known
      </Title>
      <Text size="sm" maw={680}>
        Filters are your choice, and the evidence on them is mixed: two studies of 2026 (309 and 365 people)
        found that blur and grey did not lessen distress; blur that one opens oneself has some support. Not
        looking, and looking for less time, have the best case. So the desk asks for the cheapest view that is
        enough, and breaks and handing over are always yours.
      </Text>
    </section>
  )
}
