/** Stage: where a picture is while it is shown. Else there are words. */
import { Button, Group, Kbd, Text } from '@mantine/core'
import { type PointerEvent, useRef } from 'react'
import { levelWords } from './levels.ts'
import type { Look } from './looking.ts'
import { Shown } from './shown.tsx'
import type { UseLook } from './use-look.ts'

export function Stage({ use }: { readonly use: UseLook }) {
  const { look } = use
  return (
    <div>
      <div className="stage" id="stage" ref={use.stage}>
        {look.kind === 'open' && look.isShown ? (
          <>
            <Shown open={look.open} />
            <Text className="on-paper">A picture is on the screen here. It is not printed.</Text>
          </>
        ) : (
          <Text className="words" size="sm" c="dimmed" role="status">
            {wordsOf(look)}
          </Text>
        )}
      </div>
      {look.kind === 'open' && <Controls use={use} isShown={look.isShown} isHeld={look.isHeld} />}
    </div>
  )
}

function wordsOf(look: Look): string {
  switch (look.kind) {
    case 'closed':
      return look.because === undefined
        ? 'Nothing is open.'
        : `${look.because} Nothing is on the screen, and the viewing has ended.`
    case 'asking':
      return 'Asked for, on record.'
    case 'open':
      return `${levelWords[look.open.level].title}: ready, and hidden. Hold V to see it, or press T. Esc hides everything.`
  }
}

interface ControlsGiven {
  readonly use: UseLook
  readonly isShown: boolean
  readonly isHeld: boolean
}

function Controls({ use, isShown, isHeld }: ControlsGiven) {
  const { looking } = use
  return (
    <Group mt="sm" gap="xs">
      <HoldButton use={use} />
      <Button
        variant="default"
        aria-pressed={isShown && !isHeld}
        onClick={use.toggle}
        rightSection={<Kbd size="xs">T</Kbd>}
      >
        {isShown && !isHeld ? 'Hide' : 'Show'}
      </Button>
      <Button
        variant="default"
        onClick={() => looking.end({ isComplete: true, because: 'You were done.' })}
        rightSection={<Kbd size="xs">D</Kbd>}
      >
        Done looking
      </Button>
      <Button variant="default" onClick={use.fullScreen} rightSection={<Kbd size="xs">F</Kbd>}>
        Full screen
      </Button>
      <Text size="sm" c="dimmed">
        It ends by itself.
      </Text>
    </Group>
  )
}

/** Shows while it is held: by a pointer, or by the space bar. */
function HoldButton({ use: { looking } }: { readonly use: UseLook }) {
  const isDown = useRef(false)
  const press = (): void => {
    isDown.current = true
    looking.show(true)
  }
  const release = (): void => {
    if (isDown.current) looking.hide()
    isDown.current = false
  }
  const onPointerDown = (event: PointerEvent<HTMLButtonElement>): void => {
    event.currentTarget.setPointerCapture(event.pointerId)
    press()
  }
  return (
    <Button
      variant="default"
      onPointerDown={onPointerDown}
      onPointerUp={release}
      onPointerCancel={release}
      onLostPointerCapture={release}
      onBlur={release}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (event.key === ' ' && !event.repeat) press()
      }}
      onKeyUp={(event) => {
        if (event.key === ' ') release()
      }}
      rightSection={<Kbd size="xs">V</Kbd>}
    >
      Hold to see
    </Button>
  )
}
