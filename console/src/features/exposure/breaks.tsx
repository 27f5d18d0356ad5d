/** Breaks: one is taken with a press; those of today are told. */
import { Button, Group, NumberInput, Stack, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { OwnExposureTold } from '#contract/viewings'
import { ask, queries } from '../../app/queries.ts'
import { Told } from '../../components/told.tsx'
import { clockOf } from './words.ts'

const MINUTES = [5, 15, 30, 60] as const
const MINUTES_MAX = 1440

export function Breaks({ told }: { readonly told: OwnExposureTold }) {
  const [own, setOwn] = useState<number | string>('')
  const taken = useMutation({
    mutationFn: (minutes: number) => ask<OwnExposureTold>('/v1/exposure/me/breaks', { body: { minutes } }),
    onSuccess: (day) => {
      queries.setQueryData(['exposure'], day)
      setOwn('')
      notifications.show({ message: `Until ${clockOf(day.breakUntil)} nothing is shown to you.` })
    },
  })
  return (
    <section aria-labelledby="breaks">
      <Title order={2} id="breaks">
        Take a break
      </Title>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          Until it is over, no picture is shown to you. What needs none stays open.
        </Text>
        <Group gap="sm" align="flex-end">
          {MINUTES.map((minutes) => (
            <Button
              key={minutes}
              variant="default"
              disabled={taken.isPending}
              onClick={() => taken.mutate(minutes)}
            >
              {minutes} minutes
            </Button>
          ))}
          <NumberInput
            aria-label="Minutes of your own"
            placeholder="Minutes"
            min={1}
            max={MINUTES_MAX}
            clampBehavior="strict"
            allowDecimal={false}
            w={110}
            value={own}
            onChange={setOwn}
          />
          <Button
            variant="default"
            disabled={typeof own !== 'number' || own < 1 || taken.isPending}
            onClick={() => typeof own === 'number' && taken.mutate(own)}
          >
            Take it
          </Button>
        </Group>
        <Told error={taken.error} />
        <Today breaks={told.breaks} />
      </Stack>
    </section>
  )
}

function Today({ breaks }: Pick<OwnExposureTold, 'breaks'>) {
  if (breaks.length === 0) return null
  const spans = breaks.map(({ from, until }) => `${clockOf(from)} to ${clockOf(until)}`)
  return <Text size="sm">Today: {spans.join(', ')}.</Text>
}
