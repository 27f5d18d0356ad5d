/** Reports: what was told of a case, by whom it came, in the words in which it came. */
import { Badge, Group, Paper, Stack, Text, Title } from '@mantine/core'
import type { WholeCaseTold } from '#contract/desk'
import { Moment } from '../../components/moment.tsx'
import { channelWords, reportKindWords } from './words.ts'

export function Reports({ reports }: Pick<WholeCaseTold, 'reports'>) {
  if (reports.length === 0) return null
  return (
    <section aria-labelledby="reports">
      <Title order={2} id="reports" mb="xs">
        Reports
      </Title>
      <Stack gap="sm">
        {reports.map((report) => (
          <Paper key={report.id} withBorder p="md">
            <Group gap="xs">
              {report.atRisk && (
                <Badge color="red" variant="filled" tt="none">
                  child at risk now
                </Badge>
              )}
              <Text size="sm" c="dimmed">
                {reportKindWords[report.kind]}, from {channelWords[report.channel]},{' '}
                <Moment at={report.receivedAt} />
                {report.anonymous ? ', without a name' : ''}
              </Text>
            </Group>
            {report.words && (
              <Text mt="xs" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
                {report.words}
              </Text>
            )}
            {report.address && (
              <Text mt="xs" size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
                {report.address}
              </Text>
            )}
          </Paper>
        ))}
      </Stack>
    </section>
  )
}
