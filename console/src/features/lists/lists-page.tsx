/** Lists page: every list of known hashes, who publishes it, how it stands with its source. No hash is on it. */
import { Badge, Stack, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { DeskListsTold } from '#contract/desk-lists'
import { ask } from '../../app/queries.ts'
import { Moment } from '../../components/moment.tsx'
import { Told } from '../../components/told.tsx'
import { feedbackWords, sourceStanding } from './words.ts'

type List = DeskListsTold['lists'][number]

export function ListsPage() {
  const { data, error } = useQuery({
    queryKey: ['lists'],
    queryFn: () => ask<DeskListsTold>('/v1/desk/lists'),
    refetchInterval: 60_000,
  })
  return (
    <Stack gap="lg">
      <div>
        <Title order={1}>Lists</Title>
        <Text c="dimmed" size="sm">
          Known hashes: whose they are, how they grow, and what was told back. A trust is its publisher’s
          word.
        </Text>
      </div>
      <Told error={error} />
      {data && (data.lists.length === 0 ? <Empty /> : <Rows lists={data.lists} />)}
    </Stack>
  )
}

function Rows({ lists }: { readonly lists: readonly List[] }) {
  return (
    <Table.ScrollContainer minWidth={760}>
      <Table verticalSpacing="sm" highlightOnHover aria-label="Lists">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>List</Table.Th>
            <Table.Th ta="right">Entries</Table.Th>
            <Table.Th>Trust</Table.Th>
            <Table.Th>Changed</Table.Th>
            <Table.Th>Source</Table.Th>
            <Table.Th>Told back</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lists.map((list) => (
            <Row key={list.name} list={list} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Row({ list }: { readonly list: List }) {
  return (
    <Table.Tr>
      <Table.Td maw={320}>
        <Text
          component={Link}
          to="/lists/$name"
          params={{ name: list.name } as never}
          fw={600}
          c="var(--mantine-color-anchor)"
          style={{ overflowWrap: 'anywhere' }}
        >
          {list.name}
        </Text>
        {list.own && (
          <Badge variant="light" ml="xs" tt="none" fw={500}>
            our own
          </Badge>
        )}
        <Text size="xs" c="dimmed">
          {list.publisher}
          {list.kind === 'known-good' ? ', known to be harmless' : ''}
        </Text>
      </Table.Td>
      <Table.Td ta="right">{list.entries.toLocaleString('en')}</Table.Td>
      <Table.Td>{list.trust}</Table.Td>
      <Table.Td>
        <Moment at={list.changedAt} size="sm" />
      </Table.Td>
      <Table.Td>
        <SourceBadge source={list.source} />
      </Table.Td>
      <Table.Td>
        <Text size="sm">{feedbackWords(list.feedback)}</Text>
      </Table.Td>
    </Table.Tr>
  )
}

function SourceBadge({ source }: { readonly source: List['source'] | undefined }) {
  if (!source)
    return (
      <Text size="sm" c="dimmed">
        none: kept by hand
      </Text>
    )
  const [words, colour] = sourceStanding(source)
  return (
    <>
      <Badge color={colour} variant="light" tt="none" fw={500}>
        {words}
      </Badge>
      <Text size="xs" c="dimmed" mt={2}>
        {source.succeededAt ? (
          <>
            last pulled <Moment at={source.succeededAt} />
          </>
        ) : (
          'never pulled'
        )}
      </Text>
    </>
  )
}

/** No list yet: where lists come from. */
function Empty() {
  return (
    <Stack align="flex-start" maw={560} py="xl">
      <Title order={2}>There is no list yet</Title>
      <Text>
        Without a list nothing is known, and every file is new. A list comes from a file (
        <code>tutela list import</code>), from a source that is pulled by schedule (
        <code>tutela source enable</code>), or from here: the first item that is confirmed makes the own list.
      </Text>
    </Stack>
  )
}
