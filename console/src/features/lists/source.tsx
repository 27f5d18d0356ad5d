/** Source: where a list is pulled from, how that went, and what is held. */
import { Alert, Badge, Code, Group, Paper, Stack, Text, Title } from '@mantine/core'
import type { DeskListTold } from '#contract/desk-lists'
import { Moment } from '../../components/moment.tsx'
import { sourceStanding } from './words.ts'

type Source = NonNullable<DeskListTold['source']>

export function SourceOf({ source }: { readonly source: Source | undefined }) {
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="source">
      <Group gap="sm" mb="xs">
        <Title order={2} id="source">
          Source
        </Title>
        {source && <Standing source={source} />}
      </Group>
      {source ? (
        <Stack gap="xs">
          <Text size="sm">
            {source.name}:{' '}
            {source.succeededAt ? (
              <>
                last pulled <Moment at={source.succeededAt} />
              </>
            ) : (
              'never pulled'
            )}
            {source.nextAt && (
              <>
                , next <Moment at={source.nextAt} />
              </>
            )}
            .
          </Text>
          {source.failedBecause && (
            <Alert color="red" title={`${source.failures} failed one after the other`}>
              {source.failedBecause}
            </Alert>
          )}
          {source.held && <Held name={source.name} held={source.held} />}
        </Stack>
      ) : (
        <Text size="sm">None: its entries come from files, from the interface, or from decisions here.</Text>
      )}
    </Paper>
  )
}

function Standing({ source }: { readonly source: Source }) {
  const [words, colour] = sourceStanding(source)
  return (
    <Badge color={colour} variant="light" tt="none" fw={500}>
      {words}
    </Badge>
  )
}

/** A pull that waits for a person: nobody is answered from it. */
function Held({ name, held }: { readonly name: string; readonly held: NonNullable<Source['held']> }) {
  return (
    <Alert color="orange" title="A change is held">
      <Text size="sm">
        {held.because}, <Moment at={held.at} />. Nobody is answered from it until somebody applies it.
      </Text>
      <Text size="sm" mt="xs">
        {Object.entries(held.figures)
          .map(([figure, value]) => `${figure}: ${value.toLocaleString('en')}`)
          .join(', ')}
      </Text>
      <Text size="sm" mt="xs">
        Look at it and apply it at the machine: <Code>tutela source pull {name} --beyond-bounds</Code>
      </Text>
    </Alert>
  )
}
