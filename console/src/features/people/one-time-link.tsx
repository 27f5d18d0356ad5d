/** One-time link: shown this once, to be copied and handed over by a way that is safe. */
import { Alert, Button, Code, CopyButton, Group, Stack, Text } from '@mantine/core'
import type { InvitedTold } from '#contract/people'
import { exactly } from '../../components/moments.ts'

export function OneTimeLink({ invited: { person, token, until } }: { readonly invited: InvitedTold }) {
  const link = `${window.location.origin}/setup#${token}`
  return (
    <Stack gap="sm">
      <Text>
        <Code>{person}</Code> sets up their own sign-in with this link. It works once, until {exactly(until)}.
      </Text>
      <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {link}
      </Code>
      <Group>
        <CopyButton value={link}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? 'Copied' : 'Copy the link'}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Alert color="yellow" title="It is shown this once">
        Whoever has it becomes this person here. Hand it over in person, or by a call in which you know the
        voice; never by a channel that others read.
      </Alert>
    </Stack>
  )
}
