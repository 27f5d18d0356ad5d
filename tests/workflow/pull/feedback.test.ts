/** Feedback goes to the partner that an entry came from, once, and says so when that cannot be told. */
import { expect, test } from 'vitest'
import type { FakeNcmec } from '#lists/exchanges/ncmec/fake'
import type { FakeStopNcii } from '#lists/exchanges/stopncii/fake'
import type { FakeThreatExchange } from '#lists/exchanges/threatexchange/fake'
import { feedBack, feedbackOn } from '#store/feedback'
import { tellSource } from '#workflow/pull/tell'
import { type Setting, setUp } from './partners.ts'

type Given = Parameters<typeof feedBack>[2]

/** Pulls three entries, and gives feedback on the first of them. */
async function given(setting: Setting, ...feedbacks: Given[]): Promise<number> {
  await setting.pull()
  const [entry] = await setting.standing()
  if (!entry) throw new Error('nothing was pulled')
  for (const one of feedbacks)
    await setting.database.transaction((tx) =>
      feedBack(tx, entry.entry, one, { actor: 'person:steward', at: setting.desk.now() }),
    )
  return entry.entry
}

test('StopNCII is told once; a partner that fails is told later', async () => {
  const setting = await setUp<FakeStopNcii>('stopncii', 3)
  const entry = await given(setting, { kind: 'affirm' }, { kind: 'dispute' })
  const { fake, desk, source, rules, database } = setting
  fake.fail('broken', 1)
  expect(await tellSource(desk, source)).toEqual({ sent: 0, givenUp: 0, putOff: 1 })
  expect(await tellSource(desk, source)).toEqual({ sent: 1, givenUp: 0, putOff: 0 })
  desk.turn(301)
  expect(await tellSource(desk, source)).toEqual({ sent: 1, givenUp: 0, putOff: 0 })
  expect(await tellSource(desk, source)).toEqual({ sent: 0, givenUp: 0, putOff: 0 })
  expect(rules.feedbacks.map(({ feedbackValue }) => feedbackValue)).toEqual(['NotBlocked', 'Blocked'])
  expect((await feedbackOn(database, entry)).every(({ sentAt }) => sentAt)).toBe(true)
})

test('NCMEC is told with one of its reasons; any other is given up with the reasons that there are', async () => {
  const setting = await setUp<FakeNcmec>('ncmec', 3)
  const entry = await given(
    setting,
    { kind: 'affirm', hashKind: 'md5' },
    { kind: 'dispute', because: 'Example Reason 2' },
    { kind: 'dispute', because: 'I think not' },
    { kind: 'affirm', hashKind: 'sha256' },
  )
  expect(await tellSource(setting.desk, setting.source)).toEqual({ sent: 2, givenUp: 2, putOff: 0 })
  expect(setting.rules.feedbacks.map(({ type }) => type)).toEqual(['MD5', 'SHA1'])
  expect(setting.rules.feedbacks[0]).toMatchObject({ id: expect.stringContaining('made up/') })
  const [, , third] = await feedbackOn(setting.database, entry)
  expect(third?.failedBecause).toContain('Example Reason 1, Example Reason 2')
  expect(third?.sentAt).toBeUndefined()
})

test('members of ThreatExchange see a reaction; Tech Against Terrorism takes none', async () => {
  const setting = await setUp<FakeThreatExchange>('threatexchange', 3)
  await given(setting, { kind: 'dispute' })
  expect(await tellSource(setting.desk, setting.source)).toEqual({ sent: 1, givenUp: 0, putOff: 0 })
  expect(setting.rules.reactions).toEqual([{ descriptor: '21001', reaction: 'DISAGREE_WITH_TAGS' }])
  const silent = await setUp('tat', 1)
  await given(silent, { kind: 'dispute' })
  expect(await tellSource(silent.desk, silent.source)).toEqual({ sent: 0, givenUp: 1, putOff: 0 })
})
