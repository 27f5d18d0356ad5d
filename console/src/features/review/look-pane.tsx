/** Look pane: the views of an item, from the least; each is recorded before it shows anything, and shows it only on a press. */
import { Button, Group, Kbd, NativeSelect, NumberInput, Paper, Stack, Text, Title } from '@mantine/core'
import type { Purpose } from '#terms/people'
import { Told } from '../../components/told.tsx'
import { LADDER, levelWords, lookableOf, type PictureLevel, purposeWords } from './levels.ts'
import { RegionChoice } from './region-choice.tsx'
import { frameWords } from './seconds.ts'
import { Stage } from './stage.tsx'
import type { UseLook } from './use-look.ts'
import type { ItemTold } from './walk.ts'

export function LookPane({ item, use }: { readonly item: ItemTold; readonly use: UseLook }) {
  const { look, next } = use
  if (lookableOf(item) === 'nothing')
    return (
      <Paper withBorder p="md" component="section" aria-label="Looking">
        <Text size="sm">
          Nothing of it is held here that could be looked at. It can be graded on its words and its hashes.
        </Text>
      </Paper>
    )
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="looking">
      <Stack gap="md">
        <div>
          <Title order={2} id="looking">
            Looking
          </Title>
          <Text size="sm" c="dimmed">
            Only if you need to. Opening is recorded: who, what, why and for how long.
          </Text>
        </div>
        <Group align="end" gap="sm">
          <PurposeChoice use={use} />
          <Button
            variant={look.kind === 'open' ? 'default' : 'light'}
            disabled={next === undefined}
            loading={look.kind === 'asking'}
            onClick={() => use.open(next)}
            rightSection={<Kbd size="xs">O</Kbd>}
          >
            {next === undefined ? 'Nothing shows more' : `Open: ${levelWords[next].title.toLowerCase()}`}
          </Button>
        </Group>
        <Ladder use={use} />
        {use.choices.has('region') && next === 'region' && <RegionChoice use={use} />}
        <FramesChoice use={use} />
        <Stage use={use} />
        {look.kind === 'closed' && <Told error={look.error ?? null} />}
        <Text size="xs" c="dimmed">
          The filters are your choice, and the evidence for them is mixed. Not looking, and looking less, help
          most.
        </Text>
      </Stack>
    </Paper>
  )
}

function PurposeChoice({ use }: { readonly use: UseLook }) {
  return (
    <NativeSelect
      data-field="purpose"
      label="What for"
      value={use.purpose}
      onChange={({ currentTarget }) => use.setPurpose(currentTarget.value as Purpose)}
      data={use.purposes.map((value) => ({ value, label: purposeWords[value] ?? value }))}
    />
  )
}

/** The steps, and where one is on them. Those beyond the next stay shut: nobody jumps to the whole picture. */
function Ladder({ use }: { readonly use: UseLook }) {
  const { seen, next, choices } = use
  return (
    <ol className="ladder" aria-label="Views, from the least">
      {LADDER.filter((level) => choices.has(level)).map((level) => (
        <li key={level} aria-current={level === next ? 'step' : undefined}>
          <button type="button" disabled={!use.mayOpen(level)} onClick={() => use.open(level)}>
            <Text span size="sm" fw={500}>
              {levelWords[level].title}
            </Text>
            <Text span size="xs" c="dimmed">
              {stepWords(level, seen.has(level), use.mayOpen(level))}
            </Text>
          </button>
        </li>
      ))}
    </ol>
  )
}

function stepWords(level: PictureLevel, isSeen: boolean, mayOpen: boolean): string {
  if (isSeen) return 'was on your screen'
  return mayOpen ? levelWords[level].words : 'after a lesser view'
}

const STRIPS = [6, 12, 24, 48] as const

/** Of a video how many frames, or which seconds; of a picture with several, which. */
function FramesChoice({ use }: { readonly use: UseLook }) {
  const { frames, setFrames, framesInAll } = use
  if (frames.kind === 'picture')
    return framesInAll > 1 ? (
      <NumberInput
        label={`Which of its ${framesInAll} frames`}
        min={1}
        max={framesInAll}
        value={frames.frame + 1}
        onChange={(value) => typeof value === 'number' && setFrames({ ...frames, frame: value - 1 })}
        maw={220}
      />
    ) : null
  return (
    <Group gap="sm" align="end">
      <NativeSelect
        label="Of the video"
        value={frames.kind === 'strip' ? String(frames.count) : 'seconds'}
        onChange={({ currentTarget: { value } }) =>
          setFrames(
            value === 'seconds'
              ? { kind: 'seconds', from: 0, until: 10 }
              : { kind: 'strip', count: Number(value) },
          )
        }
        data={[
          ...STRIPS.map((count) => ({ value: String(count), label: `a strip of ${count} key frames` })),
          { value: 'seconds', label: 'seconds, one frame each' },
        ]}
      />
      {frames.kind === 'seconds' &&
        (['from', 'until'] as const).map((end) => (
          <NumberInput
            key={end}
            label={end === 'from' ? 'From second' : 'To second'}
            min={0}
            value={frames[end]}
            onChange={(value) => typeof value === 'number' && setFrames({ ...frames, [end]: value })}
            w={110}
          />
        ))}
      <Text size="sm" c="dimmed">
        {frameWords(use.framesInAll)}
      </Text>
    </Group>
  )
}
