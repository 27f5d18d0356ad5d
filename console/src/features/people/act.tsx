/** Act: a button that says first what an act does, what follows and who sees it, and only then does it. */
import { Button, Group, List, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { queries } from '../../app/queries.ts'
import { Told } from '../../components/told.tsx'

export interface ActGiven<T> {
  /** On the button; also what the dialogue is called. */
  readonly label: string
  /** What follows from it, each in a sentence. */
  readonly does: readonly string[]
  /** What the button says that does it. */
  readonly confirm: string
  readonly isGrave?: boolean
  /** False while something is still to be filled in. */
  readonly isReady?: boolean
  readonly children?: ReactNode
  readonly run: () => Promise<T>
  /** What is shown after it; nothing: the dialogue closes. */
  readonly after?: (made: T) => ReactNode
  readonly variant?: 'default' | 'filled'
}

export function Act<T>(given: ActGiven<T>) {
  const [isOpen, { open, close }] = useDisclosure(false)
  const { label, variant = 'default', isGrave } = given
  return (
    <>
      <Button
        variant={isGrave ? 'outline' : variant}
        {...(isGrave && { color: 'red' })}
        size={variant === 'filled' ? 'sm' : 'xs'}
        onClick={open}
      >
        {label}
      </Button>
      <Modal opened={isOpen} onClose={close} title={label} size="lg" centered>
        <Dialogue {...given} close={close} />
      </Modal>
    </>
  )
}

function Dialogue<T>({ close, ...given }: ActGiven<T> & { readonly close: () => void }) {
  const { label, does, confirm, isGrave, isReady = true, children, run, after } = given
  const [shown, setShown] = useState<ReactNode>(null)
  const done = useMutation({
    mutationFn: run,
    onSuccess: async (made) => {
      if (after) setShown(after(made))
      await queries.invalidateQueries()
      if (after) return
      notifications.show({ message: `${label}: done, and on record.` })
      close()
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (isReady) done.mutate()
  }
  if (shown !== null)
    return (
      <Stack>
        {shown}
        <Group justify="flex-end">
          <Button onClick={close}>Close</Button>
        </Group>
      </Stack>
    )
  return (
    <form onSubmit={submit}>
      <Stack>
        <Consequences does={does} />
        {children}
        <Told error={done.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Back
          </Button>
          <Button
            type="submit"
            {...(isGrave && { color: 'red' })}
            loading={done.isPending}
            disabled={!isReady}
          >
            {confirm}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Consequences({ does }: { readonly does: readonly string[] }) {
  return (
    <div>
      <List size="sm" spacing={4}>
        {does.map((one) => (
          <List.Item key={one}>{one}</List.Item>
        ))}
      </List>
      <Text size="sm" c="dimmed" mt="xs">
        It is written down with your pseudonym, for whoever reads the records. Nobody is sent a message.
      </Text>
    </div>
  )
}
