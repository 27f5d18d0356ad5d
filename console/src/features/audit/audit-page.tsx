/** Audit page: what the door refused, and the record of one person about one case, for whoever answers for the work. */
import { Anchor, Stack, Tabs, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { hasRole, useMe } from '../../app/session.ts'
import { may } from '../people/may.ts'
import { DefenceRecord } from './defence-record.tsx'
import { Refusals } from './refusals.tsx'

export function AuditPage() {
  const me = useMe()
  const readsLedger = hasRole(
    me,
    ...(['supervisor', 'auditor', 'administrator', 'approving-senior-officer'] as const),
  )
  return (
    <Stack>
      <div>
        <Title order={1}>Audit</Title>
        <Text c="dimmed" size="sm" maw={680}>
          Every act passes one door. What it refused is here; what was done is in the{' '}
          {readsLedger ? (
            <Anchor component={Link} to="/ledger" inherit underline="always">
              ledger
            </Anchor>
          ) : (
            'ledger'
          )}
          , with its proof.
        </Text>
      </div>
      <Tabs defaultValue="refusals" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="refusals">Refusals</Tabs.Tab>
          {may(me, 'make-defence-record') && <Tabs.Tab value="record">Record of a person</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="refusals">
          <Refusals />
        </Tabs.Panel>
        {may(me, 'make-defence-record') && (
          <Tabs.Panel value="record">
            <DefenceRecord />
          </Tabs.Panel>
        )}
      </Tabs>
    </Stack>
  )
}
