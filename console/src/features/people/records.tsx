/** Records: training that somebody had, and advice that was given to them. */
import { Button, Stack, Table, Text, Title } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { RecordsTold } from '#contract/people'
import { ask, queries } from '../../app/queries.ts'
import { exactly } from '../../components/moments.ts'
import { Told } from '../../components/told.tsx'
import { plain } from './words.ts'

export function Records({ id, isSelf }: { readonly id: string; readonly isSelf: boolean }) {
  const { data, error } = useQuery({
    queryKey: ['people', id, 'records'],
    queryFn: () => ask<RecordsTold>(`/v1/people/${id}/records`),
  })
  return (
    <>
      <Told error={error} />
      {data && (
        <>
          <section aria-labelledby="training">
            <Title order={2} id="training" mb="xs">
              Training
            </Title>
            <Training training={data.training} />
          </section>
          <section aria-labelledby="advice">
            <Title order={2} id="advice" mb="xs">
              Advice
            </Title>
            <Advice advice={data.advice} isSelf={isSelf} />
          </section>
        </>
      )}
    </>
  )
}

function Training({ training }: Pick<RecordsTold, 'training'>) {
  if (training.length === 0)
    return (
      <Text size="sm" c="dimmed">
        None is recorded. An authority with the condition “training” covers nobody without it.
      </Text>
    )
  return (
    <Table.ScrollContainer minWidth={520}>
      <Table aria-label="Training">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Subject</Table.Th>
            <Table.Th>Given by</Table.Th>
            <Table.Th>When</Table.Th>
            <Table.Th>Holds until</Table.Th>
            <Table.Th>Exposure</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {training.map(({ id, subject, givenBy, at, validUntil, exposureUnits }) => (
            <Table.Tr key={id}>
              <Table.Td>{subject}</Table.Td>
              <Table.Td>{givenBy}</Table.Td>
              <Table.Td>{exactly(at)}</Table.Td>
              <Table.Td>{validUntil ? exactly(validUntil) : 'no end'}</Table.Td>
              <Table.Td>{exposureUnits === 0 ? 'none' : `${exposureUnits} units`}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Advice({ advice, isSelf }: Pick<RecordsTold, 'advice'> & { readonly isSelf: boolean }) {
  const read = useMutation({
    mutationFn: (id: string) => ask(`/v1/advice/${id}/acknowledge`, { method: 'POST' }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['people'] }),
  })
  if (advice.length === 0)
    return (
      <Text size="sm" c="dimmed">
        None was given. Advice of an officer is shown again beside the next act that is like it.
      </Text>
    )
  return (
    <Stack gap="sm">
      {advice.map(({ id, officer, acts, words, at, acknowledgedAt }) => (
        <Stack key={id} gap={2} align="flex-start">
          <Text size="sm" c="dimmed">
            {officer}, {exactly(at)}, on: {acts.map(plain).join(', ')}
          </Text>
          <Text>{words}</Text>
          {acknowledgedAt ? (
            <Text size="sm" c="dimmed">
              Read {exactly(acknowledgedAt)}.
            </Text>
          ) : isSelf ? (
            <Button
              size="xs"
              variant="default"
              mt={4}
              loading={read.isPending}
              onClick={() => read.mutate(id)}
            >
              I have read it
            </Button>
          ) : (
            <Text size="sm">Not acknowledged yet.</Text>
          )}
        </Stack>
      ))}
      <Told error={read.error} />
    </Stack>
  )
}
