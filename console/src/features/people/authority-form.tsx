/** Authority form: a written authority as the paper has it. */
import { Checkbox, Group, MultiSelect, TagsInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { AuthorityGiven, PeopleTold } from '#contract/people'
import { ACTS, type Act as ActWord, AUTHORITY_PURPOSES, type AuthorityPurpose } from '#terms/people'
import { ask } from '../../app/queries.ts'
import { Act } from './act.tsx'
import { authorityPurposeWords, plain } from './words.ts'

interface Paper {
  readonly issuer: string
  readonly issuedFor: string
  readonly purposes: AuthorityPurpose[]
  readonly acts: ActWord[]
  readonly people: string[]
  readonly departments: string[]
  readonly cases: string[]
  readonly hosts: string[]
  readonly lists: string[]
  readonly conditions: string[]
  readonly from: string
  readonly until: string
  readonly reviewAt: string
  readonly documentSha256: string
}

const BLANK: Paper = {
  ...{ issuer: '', issuedFor: '', purposes: [], acts: [], people: [], departments: [], cases: [] },
  ...{ hosts: [], lists: [], conditions: [], from: '', until: '', reviewAt: '', documentSha256: '' },
}
const momentOf = (day: string): string => `${day}T00:00:00.000Z`

export function RegisterAuthority() {
  const [paper, setPaper] = useState(BLANK)
  const set = (change: Partial<Paper>): void => setPaper((before) => ({ ...before, ...change }))
  const { issuer, issuedFor, purposes, acts, from, until } = paper
  const isReady = [issuer, issuedFor, from, until].every(Boolean) && purposes.length > 0 && acts.length > 0
  return (
    <Act
      label="Register an authority"
      variant="filled"
      does={[
        'It covers what it names from its first day to its last, and nothing past the day of its review.',
        'From then on these acts are kept to it. You cannot register one that names yourself.',
      ]}
      confirm="Register it"
      isReady={isReady}
      run={() => ask('/v1/authorities', { body: bodyOf(paper) })}
    >
      <Words paper={paper} set={set} />
      <Covered paper={paper} set={set} />
      <Bounds paper={paper} set={set} />
    </Act>
  )
}

function bodyOf(paper: Paper): AuthorityGiven {
  const { cases, hosts, lists, from, until, reviewAt, documentSha256, ...same } = paper
  return {
    ...same,
    scope: {
      ...(cases.length > 0 && { cases }),
      ...(hosts.length > 0 && { hosts }),
      ...(lists.length > 0 && { lists }),
    },
    from: momentOf(from),
    until: momentOf(until),
    ...(reviewAt !== '' && { reviewAt: momentOf(reviewAt) }),
    ...(documentSha256 !== '' && { documentSha256: documentSha256.toLowerCase() }),
  }
}

interface Filling {
  readonly paper: Paper
  readonly set: (change: Partial<Paper>) => void
}

function Words({ paper, set }: Filling) {
  return (
    <>
      <Group grow align="flex-start">
        <TextInput
          label="Officer who gave it"
          required
          value={paper.issuer}
          onChange={({ currentTarget }) => set({ issuer: currentTarget.value })}
        />
        <TextInput
          label="Given for"
          description="A chief officer, or the National Crime Agency."
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          required
          value={paper.issuedFor}
          onChange={({ currentTarget }) => set({ issuedFor: currentTarget.value })}
        />
      </Group>
      <Group grow align="flex-start">
        {(['from', 'until', 'reviewAt'] as const).map((name) => (
          <TextInput
            key={name}
            type="date"
            label={{ from: 'From', until: 'Until', reviewAt: 'Review by' }[name]}
            required={name !== 'reviewAt'}
            value={paper[name]}
            onChange={({ currentTarget }) => set({ [name]: currentTarget.value })}
          />
        ))}
      </Group>
    </>
  )
}

function Covered({ paper, set }: Filling) {
  const { data } = useQuery({ queryKey: ['people'], queryFn: () => ask<PeopleTold>('/v1/people') })
  return (
    <>
      <Checkbox.Group
        label="Purposes"
        required
        value={paper.purposes}
        onChange={(purposes) => set({ purposes })}
      >
        <Group mt={4}>
          {AUTHORITY_PURPOSES.map((value) => (
            <Checkbox key={value} value={value} label={authorityPurposeWords[value]} />
          ))}
        </Group>
      </Checkbox.Group>
      <MultiSelect
        label="Acts"
        required
        searchable
        value={paper.acts}
        onChange={(acts) => set({ acts })}
        data={ACTS.map((value) => ({ value, label: plain(value) }))}
      />
      <Group grow align="flex-start">
        <MultiSelect
          label="People"
          searchable
          value={paper.people}
          onChange={(people) => set({ people })}
          data={data?.people.filter(({ state }) => state !== 'left').map(({ id }) => id) ?? []}
        />
        <TagsInput
          label="Departments"
          value={paper.departments}
          onChange={(departments) => set({ departments })}
        />
      </Group>
    </>
  )
}

/** What is left empty is not bounded. */
function Bounds({ paper, set }: Filling) {
  return (
    <>
      <Group grow align="flex-start">
        <TagsInput label="Only cases" value={paper.cases} onChange={(cases) => set({ cases })} />
        <TagsInput label="Only hosts" value={paper.hosts} onChange={(hosts) => set({ hosts })} />
        <TagsInput label="Only lists" value={paper.lists} onChange={(lists) => set({ lists })} />
      </Group>
      <TagsInput
        label="Conditions"
        description={
          '“training” is held to by the program; others are words that are shown. Without people and ' +
          'departments it is for the whole organisation; what is left empty is not bounded.'
        }
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        data={['training']}
        value={paper.conditions}
        onChange={(conditions) => set({ conditions })}
      />
      <TextInput
        label="SHA-256 of the paper"
        value={paper.documentSha256}
        maxLength={64}
        onChange={({ currentTarget }) => set({ documentSha256: currentTarget.value.trim() })}
      />
    </>
  )
}
