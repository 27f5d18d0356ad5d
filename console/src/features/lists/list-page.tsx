/** List page: one list: its terms, growth, source, feedback and judgements. No hash is on it. */
import { Anchor, Badge, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { DeskListTold } from '#contract/desk-lists'
import { ask } from '../../app/queries.ts'
import { Moment } from '../../components/moment.tsx'
import { Told } from '../../components/told.tsx'
import { Changes, Growth } from './growth.tsx'
import { Feedback, Judged } from './said.tsx'
import { SourceOf } from './source.tsx'
import { Withdraw } from './withdraw.tsx'
import { feedbackWords, listKindWords } from './words.ts'

export function ListPage() {
  const { name } = useParams({ from: '/desk/lists/$name' })
  const { data, error } = useQuery({
    queryKey: ['lists', name],
    queryFn: () => ask<DeskListTold>(`/v1/desk/lists/${encodeURIComponent(name)}`),
    refetchInterval: 60_000,
  })
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-start">
        <div>
          <Anchor component={Link} to="/lists" size="sm">
            Lists
          </Anchor>
          <Group gap="sm">
            <Title order={1} style={{ overflowWrap: 'anywhere' }}>
              {name}
            </Title>
            {data?.own && (
              <Badge variant="light" tt="none" fw={500}>
                our own
              </Badge>
            )}
          </Group>
          {data && (
            <Text c="dimmed" size="sm">
              {data.publisher}; changed <Moment at={data.changedAt} />
            </Text>
          )}
        </div>
        {data?.mayCurate && <Withdraw name={name} />}
      </Group>
      <Told error={error} />
      {data && <Whole list={data} />}
    </Stack>
  )
}

function Whole({ list }: { readonly list: DeskListTold }) {
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }}>
        <Fact title="Entries">{list.entries.toLocaleString('en')}</Fact>
        <Fact title="Trust, by its publisher">{list.trust}</Fact>
        <Fact title="What is on it">{listKindWords[list.kind]}</Fact>
        <Fact title="Told back">{feedbackWords(list.feedback)}</Fact>
      </SimpleGrid>
      <Paper withBorder p="md" component="section" aria-labelledby="terms">
        <Title order={2} id="terms" mb="xs">
          Terms
        </Title>
        <Text size="sm">{list.terms === '' ? 'None are stated.' : list.terms}</Text>
        <Text size="sm" c="dimmed" mt="xs">
          {list.uses.length === 0
            ? 'It may be used for nothing.'
            : `It may be used for: ${list.uses.join(', ')}.`}
          {list.scheme ? ` Codes that name no scheme are of ${list.scheme}.` : ''}
        </Text>
      </Paper>
      <SourceOf source={list.source} />
      <Growth list={list} />
      <Changes list={list} />
      <Feedback told={list.told} />
      <Judged judged={list.judged} />
    </>
  )
}

function Fact({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Paper withBorder p="md">
      <Text size="sm" c="dimmed" mb={4}>
        {title}
      </Text>
      <Text component="div" fw={600}>
        {children}
      </Text>
    </Paper>
  )
}
