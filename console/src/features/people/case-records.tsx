/** Case records: the cases that are somebody's, and what they do not act on because of an interest of their own. */
import { Anchor, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { AllocationsTold, ConflictsTold } from '#contract/people'
import { ask } from '../../app/queries.ts'
import { exactly } from '../../components/moments.ts'
import { Told } from '../../components/told.tsx'

interface Of {
  readonly id: string
}

export function CaseRecords({ id }: Of) {
  return (
    <>
      <Cases id={id} />
      <Conflicts id={id} />
    </>
  )
}

function Cases({ id }: Of) {
  const { data, error } = useQuery({
    queryKey: ['people', id, 'allocations'],
    queryFn: () => ask<AllocationsTold>(`/v1/people/${id}/allocations`),
  })
  return (
    <Section id="cases" title="Cases">
      <Told error={error} />
      {data?.allocations.length === 0 && (
        <Text size="sm" c="dimmed">
          None is theirs. A case becomes somebody’s when they take it up, or when it is given to them.
        </Text>
      )}
      {data && data.allocations.length > 0 && (
        <Rows label="Cases" titles={['Case', 'Since']}>
          {data.allocations.map((one) => (
            <Table.Tr key={one.case}>
              <Table.Td>
                <CaseLink number={one.case} />
              </Table.Td>
              <Table.Td>{exactly(one.at)}</Table.Td>
            </Table.Tr>
          ))}
        </Rows>
      )}
    </Section>
  )
}

function Conflicts({ id }: Of) {
  const { data, error } = useQuery({
    queryKey: ['people', id, 'conflicts'],
    queryFn: () => ask<ConflictsTold>(`/v1/people/${id}/conflicts`),
  })
  return (
    <Section id="conflicts" title="Conflicts of interest">
      <Told error={error} />
      {data?.conflicts.length === 0 && (
        <Text size="sm" c="dimmed">
          None is recorded. With one, the case, item or person is closed to them; why is nobody else’s.
        </Text>
      )}
      {data && data.conflicts.length > 0 && (
        <Rows label="Conflicts of interest" titles={['They do not act on', 'Written down by', 'When']}>
          {data.conflicts.map(({ on, by, at }) => (
            <Table.Tr key={`${on.kind}:${on.id}`}>
              <Table.Td>
                {on.kind} {on.kind === 'case' ? <CaseLink number={on.id} /> : on.id}
              </Table.Td>
              <Table.Td ff="monospace">{by.replace(/^person:/, '')}</Table.Td>
              <Table.Td>{exactly(at)}</Table.Td>
            </Table.Tr>
          ))}
        </Rows>
      )}
    </Section>
  )
}

function CaseLink({ number }: { readonly number: string }) {
  return (
    <Anchor component={Link} to="/cases/$number" params={{ number } as never} inherit underline="always">
      {number}
    </Anchor>
  )
}

function Section(given: { readonly id: string; readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-labelledby={given.id}>
      <Title order={2} id={given.id} mb="xs">
        {given.title}
      </Title>
      {given.children}
    </section>
  )
}

function Rows(given: {
  readonly label: string
  readonly titles: readonly string[]
  readonly children: ReactNode
}) {
  return (
    <Table.ScrollContainer minWidth={420}>
      <Table aria-label={given.label}>
        <Table.Thead>
          <Table.Tr>
            {given.titles.map((title) => (
              <Table.Th key={title}>{title}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{given.children}</Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
