/** Append: events, their leaves, and what happens to a loser. */
import { describe, expect, test } from 'vitest'
import { append, eventsOf, leafHash } from '#store/append'
import { temporaryDatabase } from '../support/database.ts'

const at = new Date('2026-01-02T03:04:05.678Z')

describe('append', () => {
  test('writes each event with a leaf that its salt and canonical form give', async () => {
    const { database } = await temporaryDatabase()
    const drafts = [
      { kind: 'list.created', body: { b: 1, a: ['x', { d: null, c: true }] } },
      { kind: 'list.changed', body: {} },
    ]
    await database.transaction((tx) => append(tx, 'list:1', 0, drafts, { actor: 'tutela', at }))
    const events = await eventsOf(database, 'list:1')
    expect(events.map(({ version, kind, body }) => ({ version, kind, body }))).toEqual([
      { version: 1, ...drafts[0] },
      { version: 2, ...drafts[1] },
    ])
    const { rows } = await database.query<{ id: string; salt: Buffer; hash: Buffer }>(
      'SELECT event.id, salt, hash FROM event JOIN leaf ON leaf.event = event.id ORDER BY event.id',
    )
    const again = rows.map(({ salt }, place) => events[place] && leafHash(salt, events[place]))
    expect(rows.map(({ hash }) => hash)).toEqual(again)
  })

  test('refuses the one who comes second, and keeps nothing of theirs', async () => {
    const { database } = await temporaryDatabase()
    const change = (kind: string) =>
      database.transaction((tx) => append(tx, 'list:1', 0, [{ kind, body: {} }], { actor: 'tutela', at }))
    const outcomes = await Promise.allSettled([change('a.done'), change('b.done')])
    const refused = outcomes.filter(({ status }) => status === 'rejected')
    expect(refused).toMatchObject([{ reason: { code: 'store.conflict' } }])
    expect(await eventsOf(database, 'list:1')).toHaveLength(1)
  })
})
