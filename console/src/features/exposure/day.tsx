/** Day: how a person stands today, in a sentence and a small bar. */
import { Group, Paper, Progress, Stack, Text, Title } from '@mantine/core'
import type { OwnExposureTold } from '#contract/viewings'
import { standingWords } from './words.ts'

export function Day({ told }: { readonly told: OwnExposureTold }) {
  const [title, words] = standingWords(told)
  const { units, budgetUnits, trainingUnits } = told
  const used = budgetUnits === 0 ? 100 : Math.min(100, Math.round((units / budgetUnits) * 100))
  return (
    <Paper withBorder p="lg" component="section" aria-labelledby="today">
      <Stack gap="sm">
        <Title order={2} id="today">
          {title}
        </Title>
        <Text>{words}</Text>
        <Progress.Root size="md" maw={420}>
          <Progress.Section
            value={used}
            color={used >= 80 ? 'orange' : 'slate'}
            aria-label="Of today’s looking"
            aria-valuetext={shareWords(used)}
          />
        </Progress.Root>
        <Group gap="xs">
          <Text size="sm" c="dimmed">
            {shareWords(used)}
            {trainingUnits > 0 && ', with what was shown in training'}. The day ends at midnight, UTC.
          </Text>
        </Group>
      </Stack>
    </Paper>
  )
}

function shareWords(percent: number): string {
  if (percent === 0) return 'Nothing was looked at yet'
  if (percent < 5) return 'Very little of the day’s looking is used'
  if (percent >= 100) return 'The day’s looking is used'
  return `About ${Math.max(5, Math.round(percent / 5) * 5)} % of the day’s looking is used`
}
