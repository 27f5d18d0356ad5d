/** Record: many items are written together; one that cannot be is refused alone. */
import { expect, test } from 'vitest'
import { NO_DIGESTS } from '#ground/digest-key'
import { type Client, POLICY_DEFAULT } from '#terms/client'
import { PassedRecorder } from '#workflow/retro/record'
import { fingerprint } from './world.ts'

const client: Client = {
  id: 1,
  name: 'site',
  scopes: ['match'],
  policy: POLICY_DEFAULT,
  retro: { webhook: 'https://site.example/', keepHours: 2 },
}
const verdict = { verdict: 'none', decision: 'allow', checked: [], matches: [], more: false } as const

function looked(reference: string) {
  return {
    client,
    verdict,
    fingerprint: fingerprint({ md5: 'ab'.repeat(16), pdq: 'cd'.repeat(32) }),
    reference,
    number: 3,
  }
}

test('those that come while others are being written go together after them, and each waits for its own', async () => {
  const written: unknown[][] = []
  let release = (): void => {}
  const session = {
    digests: NO_DIGESTS,
    query: (async (statement: { values: unknown[] }) => {
      written.push(statement.values[1] as unknown[])
      await new Promise<void>((resolve) => {
        release = resolve
      })
      if (written.length === 2) throw new Error('the disk is full')
    }) as never,
  }
  const recorder = new PassedRecorder(session, () => new Date(0))
  const first = recorder.record(looked('a'))
  const others = ['b', 'c', 'nul\0'].map((reference) =>
    recorder.record(looked(reference)).then(() => 'kept', String),
  )
  expect(written).toEqual([['a']])
  release()
  await first
  await expect.poll(() => written).toEqual([['a'], ['b', 'c']])
  release()
  expect(await Promise.all(others)).toEqual([
    'Error: the disk is full',
    'Error: the disk is full',
    'Fault: the reference has a null character',
  ])
})
