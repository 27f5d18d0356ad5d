/** Annotation fields: what is said of an item beside its category. Each may stay open. */
import { Checkbox, Group, NativeSelect, NumberInput, Stack, TextInput } from '@mantine/core'
import type { SchemesTold } from '#contract/desk'
import { type Annotation, withAnnotation } from './draft.ts'
import type { Review } from './use-review.ts'

const SELF = { yes: 'yes', no: 'no', unclear: 'unclear' } as const
const CONTEXT = {
  consensual: 'of their own will',
  pressured: 'pressed or deceived',
  'recorded-by-others': 'recorded by somebody else',
  unclear: 'unclear',
} as const
const ORIGIN = {
  photographed: 'photographed or filmed',
  drawn: 'drawn',
  generated: 'generated',
  unclear: 'unclear',
} as const
const SEXES = ['female', 'male', 'unclear'] as const
const CHILDREN_MAX = 1000

interface Fields {
  readonly review: Review
  readonly ageBands: SchemesTold['ageBands']
}

export function AnnotationFields({ review, ageBands }: Fields) {
  const { draft } = review
  const { annotation } = draft
  const set = <K extends keyof Annotation>(key: K, value: Annotation[K] | undefined): void => {
    review.change(withAnnotation(draft, key, value))
  }
  const bands = Object.fromEntries(ageBands.map(({ code, title }) => [code, title]))
  return (
    <Stack gap="sm">
      <Group grow gap="xs" align="end">
        <Choice
          field="age"
          label="Youngest child"
          words={bands}
          value={annotation.youngest}
          set={(value) => set('youngest', value)}
        />
        <Children value={annotation.children} set={(value) => set('children', value)} />
      </Group>
      <Sexes value={annotation.sexes ?? []} set={(value) => set('sexes', value)} />
      <Choice
        field="self"
        label="Taken by the child"
        words={SELF}
        value={annotation.selfGenerated}
        set={(value) => set('selfGenerated', value)}
      />
      {annotation.selfGenerated === 'yes' && (
        <Choice
          label="How it came about"
          words={CONTEXT}
          value={annotation.selfGeneratedContext}
          set={(value) => set('selfGeneratedContext', value)}
        />
      )}
      <Group grow gap="xs" align="end">
        <Choice
          field="origin"
          label="How it was made"
          words={ORIGIN}
          value={annotation.origin}
          set={(value) => set('origin', value)}
        />
        <TextInput
          data-field="series"
          label="Series"
          maxLength={100}
          value={annotation.series ?? ''}
          onChange={({ currentTarget: { value } }) => set('series', value === '' ? undefined : value)}
        />
      </Group>
    </Stack>
  )
}

interface ChildrenGiven {
  readonly value: number | undefined
  readonly set: (value: number | undefined) => void
}

function Children({ value, set }: ChildrenGiven) {
  return (
    <NumberInput
      data-field="children"
      label="Children"
      min={0}
      max={CHILDREN_MAX}
      allowDecimal={false}
      value={value ?? ''}
      onChange={(next) => set(typeof next === 'number' ? next : undefined)}
    />
  )
}

interface ChoiceGiven<T extends string> {
  readonly field?: string
  readonly label: string
  readonly words: Readonly<Record<T, string>>
  readonly value: T | undefined
  readonly set: (value: T | undefined) => void
}

function Choice<T extends string>({ field, label, words, value, set }: ChoiceGiven<T>) {
  const options = Object.entries<string>(words).map(([one, title]) => ({ value: one, label: title }))
  return (
    <NativeSelect
      data-field={field}
      label={label}
      value={value ?? ''}
      onChange={({ currentTarget }) =>
        set(currentTarget.value === '' ? undefined : (currentTarget.value as T))
      }
      data={[{ value: '', label: 'not said' }, ...options]}
    />
  )
}

type Sex = (typeof SEXES)[number]

function Sexes({
  value,
  set,
}: {
  readonly value: readonly Sex[]
  readonly set: (value: Sex[] | undefined) => void
}) {
  return (
    <Checkbox.Group
      label="Sex of the children"
      value={[...value]}
      onChange={(next) => set(next.length === 0 ? undefined : SEXES.filter((sex) => next.includes(sex)))}
    >
      <Group gap="md" mt={4}>
        {SEXES.map((sex, at) => (
          <Checkbox key={sex} value={sex} data-field={at === 0 ? 'sex' : undefined} label={sex} />
        ))}
      </Group>
    </Checkbox.Group>
  )
}
