/** The daily job of retention: it writes down what has lapsed, says what is due, and destroys nothing. */
import { expect, test } from 'vitest'
import type { JobsDesk } from '#jobs/job'
import { retentionJob } from '#jobs/retention'
import { itemNamed } from '#store/items'
import { keptOf } from '#store/kept'
import { readProfiles } from '#workflow/evidence/profiles'
import { keepItem } from '#workflow/evidence/retain'
import { temporaryDatabase } from '../support/database.ts'
import { itemRow } from '../support/evidence.ts'

const SEALED = new Date('2026-01-10T09:00:00Z')

test('what has lapsed is written down once, also where the clock is set back, and nothing is destroyed', async () => {
  const { database } = await temporaryDatabase()
  const profiles = await readProfiles()
  const item = await itemRow(database, SEALED)
  const key = { item, purpose: 'assess', profile: 'hotline-memorandum' } as const
  await database.transaction((tx) => keepItem(tx, profiles, key, { actor: 'tutela', at: SEALED }))
  const told: [string, unknown][] = []
  const note = (words: string, fields: unknown): void => {
    told.push([words, fields])
  }
  let clock = new Date('2028-01-10T09:00:00Z')
  const log = { info: note, warn: note, error: note }
  const desk = { database, log, now: () => clock } as unknown as JobsDesk
  const job = retentionJob(profiles)
  await job.run(desk, new AbortController().signal)
  expect(told).toMatchObject([
    ['purposes have lapsed, copies have expired', { lapsed: 1, expired: 0 }],
    ['retention: something is due, and waits for somebody', { itemsToDestroy: 1, periodsToReview: 1 }],
  ])
  clock = SEALED
  await job.run(desk, new AbortController().signal)
  expect(told.length).toBe(3)
  expect((await keptOf(database, item)).map(({ version }) => version)).toEqual([2])
  expect((await itemNamed(database, item)).state).toBe('quarantined')
})
