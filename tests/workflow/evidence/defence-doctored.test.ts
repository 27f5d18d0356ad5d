/** Doctored: no record is made for a court of what the ledger does not say. */
import { expect, test } from 'vitest'
import { recordDiscovery } from '#store/discoveries'
import { placeHold } from '#store/holds'
import { addToCase } from '#store/items'
import { makeDefenceRecord } from '#workflow/defence/make'
import { temporaryDatabase } from '../../support/database.ts'
import { itemRow } from '../../support/evidence.ts'
import { someone } from '../../support/people.ts'

const AT = new Date('2026-03-02T08:15:00Z')

test('what was changed behind its events, made by none, or is not what its leaf says, is no fact of a record', async () => {
  const { database } = await temporaryDatabase()
  const person = await someone(database, ['analyst'], { cases: ['2026-7'] })
  const signed = { actor: `person:${person.id}`, at: AT } as const
  const item = await itemRow(database, AT, signed.actor)
  const subject = { kind: 'item', id: item } as const
  await database.transaction(async (tx) => {
    await addToCase(tx, item, '2026-7', signed)
    await recordDiscovery(tx, { subject, way: 'complaint', how: 'a letter', discoveredAt: AT }, signed)
    await placeHold(tx, { item, because: 'instructed', issuer: 'the police' }, signed)
  })
  const made = () => makeDefenceRecord({ database, now: () => AT }, person.id, { person: person.id, subject })
  expect((await made()).record.discovery).toHaveLength(1)
  for (const [change, back] of [
    ["UPDATE discovery SET how = 'a search of my own'", "UPDATE discovery SET how = 'a letter'"],
    ["UPDATE person SET roles = '{supervisor}'", "UPDATE person SET roles = '{analyst}'"],
    [
      `INSERT INTO hold (id, item, because, issuer, placed_by, placed_at, version)
         VALUES ('h-x', '${item}', 'b', 'i', 'person:${person.id}', now(), 1)`,
      "DELETE FROM hold WHERE id = 'h-x'",
    ],
    [
      "UPDATE event SET at = at - interval '1 day' WHERE kind = 'vault.put-into-case'",
      "UPDATE event SET at = at + interval '1 day' WHERE kind = 'vault.put-into-case'",
    ],
  ] as const) {
    await database.query(change)
    await expect(made(), change).rejects.toMatchObject({ code: 'ledger.damaged' })
    await database.query(back)
    await made()
  }
})
