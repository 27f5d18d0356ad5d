/** Name acts: a name is told with a reason, and shredded once it is needed no more. */
import { Alert, Code, Group, NativeSelect, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import type { IdentityTold, PersonTold, WeededTold } from '#contract/people'
import type { Purpose } from '#terms/people'
import { ask } from '../../app/queries.ts'
import { useMe } from '../../app/session.ts'
import { exactly } from '../../components/moments.ts'
import { Act } from './act.tsx'
import { may } from './may.ts'
import { plain } from './words.ts'

/** For which a name is told: src/people/row.ts. */
const PURPOSES: readonly Purpose[] = ['investigate', 'proceedings', 'identify-child', 'integrity', 'report']

interface On {
  readonly person: PersonTold
  readonly isSelf: boolean
}

export function NameActs({ person, isSelf }: On) {
  const me = useMe()
  const canReveal = may(me, 'reveal-identity')
  const canWeed = may(me, 'weed-identity') && person.state === 'left' && !isSelf
  if (!canReveal && !canWeed) return null
  return (
    <section aria-labelledby="name">
      <Title order={2} id="name" mb="xs">
        Name
      </Title>
      <Group gap="sm">
        {person.weededAt ? (
          <Text size="sm">
            The name was shredded on {exactly(person.weededAt)}
            {person.weedingCompleteAt
              ? ', and no copy of its key is left.'
              : '; a backup may still hold its key.'}
          </Text>
        ) : (
          canReveal && <Reveal person={person} />
        )}
        {canWeed && !person.weedingCompleteAt && <Weed person={person} />}
      </Group>
    </section>
  )
}

function Reveal({ person }: Pick<On, 'person'>) {
  const [purpose, setPurpose] = useState<Purpose>('integrity')
  return (
    <Act
      label="Reveal the name"
      does={[
        'That it was told, to you and for what, is on record before you see it.',
        'It takes a sign-in of yours of the last hour. The name leaves the page when you close this.',
      ]}
      confirm="Reveal it"
      run={() => ask<IdentityTold>(`/v1/people/${person.id}/reveal`, { body: { purpose } })}
      after={({ name, contact }) => (
        <Stack gap={4}>
          <Text>
            <Code>{person.id}</Code> is
          </Text>
          <Text fw={600} size="lg">
            {name}
          </Text>
          <Text>{contact ?? 'No contact was given.'}</Text>
        </Stack>
      )}
    >
      <NativeSelect
        label="What for"
        value={purpose}
        onChange={({ currentTarget }) =>
          setPurpose(PURPOSES.find((one) => one === currentTarget.value) ?? 'integrity')
        }
        data={PURPOSES.map((value) => ({ value, label: plain(value) }))}
      />
    </Act>
  )
}

function Weed({ person }: Pick<On, 'person'>) {
  return (
    <Act
      label="Shred the name"
      isGrave
      does={[
        'The sealed name is taken out and its key is shredded. Nobody can tell any more who this was; it is not undone.',
        'What they did stays, under the pseudonym. It is refused before the retention period is over.',
        'It takes a sign-in of yours of the last hour.',
      ]}
      confirm="Shred it"
      run={() => ask<WeededTold>(`/v1/people/${person.id}/weed`, { method: 'POST' })}
      after={(weeded) => <Weeded weeded={weeded} />}
    />
  )
}

function Weeded({ weeded: { isComplete, remaining } }: { readonly weeded: WeededTold }) {
  if (isComplete) return <Alert color="teal" title="Done: no copy of the key is left" />
  return (
    <Alert color="yellow" title="Done in part">
      <Text size="sm">These backups may still hold the key; once they are accounted for it is complete.</Text>
      {remaining.map(({ id, label, expiresAt }) => (
        <Text key={id} size="sm">
          {label}
          {expiresAt && `, until ${exactly(expiresAt)}`}
        </Text>
      ))}
    </Alert>
  )
}
