/** How to check: what somebody does with a proof file who trusts nothing here. */
import { Code, List, Stack, Text, Title } from '@mantine/core'

export function HowToCheck({ signingKey }: { readonly signingKey: string | undefined }) {
  const key = signingKey ?? 'KEY'
  return (
    <section aria-labelledby="check">
      <Title order={2} id="check" mb="xs">
        How to check a proof
      </Title>
      <Stack gap="sm">
        <Text size="sm" maw={680}>
          A proof file stands by itself: it is text in a public form (C2SP tlog-proof), and names the leaf,
          the hashes from it up to the root, and the checkpoint that was signed.
        </Text>
        <List type="ordered" size="sm" maw={680} spacing="xs">
          <List.Item>
            Get the key by a way of its own, from whoever runs the service: a key that comes with the proof
            shows only that both are of one piece.
          </List.Item>
          <List.Item>
            On any machine, with no network and no account:
            <Code block mt={4} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              tutela ledger proof --check leaf.tlog-proof --key '{key}'
            </Code>
          </List.Item>
          <List.Item>
            Or with other tools: the checkpoint is a signed note (Ed25519), the tree is that of RFC 6962, and
            the entry is what stands behind <Code>extra</Code>. Any verifier of C2SP tlog-proof reads it.
          </List.Item>
        </List>
      </Stack>
    </section>
  )
}
