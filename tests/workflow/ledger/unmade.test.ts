/** Unmade: a row that somebody wrote past the events is found and named, as one that was changed is. */
import { expect, test } from 'vitest'
import type { Transaction } from '#store/database'
import { placeHold } from '#store/holds'
import { ROWS_KNOWN } from '#store/unmade'
import { FOLDS } from '#workflow/ledger/folds'
import { refold } from '#workflow/ledger/verify/refold'
import { approved, handoverScene, written } from '../../support/handover.ts'

/** A round of verification, a refusal and the like leave nothing but their event. */
const WITHOUT_ROWS = ['vault-check:', 'refusal:', 'sign-in:', 'defence:']

class Undone extends Error {}

test('of each kind of stream that is folded the rows are known, and a row that no event made is named', async () => {
  expect(FOLDS.map(({ prefix }) => prefix).filter((one) => !WITHOUT_ROWS.includes(one))).toEqual(
    expect.arrayContaining([...ROWS_KNOWN]),
  )
  expect(ROWS_KNOWN).toHaveLength(FOLDS.length - WITHOUT_ROWS.length)
  const one = await handoverScene()
  const { database } = one.desk
  await written(one, (await approved(one)).id)
  const [item = 'v-'] = one.items
  const hold = { item, because: 'an appeal', issuer: 'a court' }
  await database.transaction((tx) => placeHold(tx, hold, { actor: 'tutela', at: one.desk.now() }))
  expect((await refold(database)).faults).toEqual([])
  const { rows } = await database.query<{ stream: string }>(
    "SELECT DISTINCT stream FROM event WHERE stream !~ '^(refusal|vault-check)' ORDER BY stream",
  )
  const tried = new Set<string>()
  for (const { stream } of rows) {
    const forgotten = await foundWith(one, async (tx) => {
      await tx.query('DELETE FROM leaf USING event WHERE event.id = leaf.event AND stream = $1', [stream])
      await tx.query('DELETE FROM event WHERE stream = $1', [stream])
    })
    expect(forgotten).toEqual([`${stream}: has a row, and no event ever made it`])
    tried.add(stream.slice(0, stream.indexOf(':') + 1))
  }
  expect(tried.size).toBeGreaterThan(7)
})

test('a recipient whose key nobody checked is not one because somebody wrote so into the tables', async () => {
  const one = await handoverScene()
  const found = await foundWith(one, async (tx) => {
    await tx.query(`INSERT INTO recipient (id, name, kind, age_recipient, registered_by, registered_at, version)
      VALUES ('r-0123456789abcdef', 'A national unit', 'nca', 'age1forged', 'p-x', now(), 3)`)
    for (const person of ['p-y', 'p-z'])
      await tx.query(
        `INSERT INTO recipient_check (recipient, person, how, at) VALUES ('r-0123456789abcdef', $1, 'by telephone', now())`,
        [person],
      )
  })
  expect(found).toEqual(['recipient:r-0123456789abcdef: has a row, and no event ever made it'])
})

test('digests that would go to a court, and the ground of an opening, follow from their events too', async () => {
  const one = await handoverScene()
  await written(one, (await approved(one)).id)
  const [item = 'v-'] = one.items
  for (const column of ['md5', 'sha1', 'sha256'])
    expect(
      await foundWith(one, (tx) =>
        tx.query(`UPDATE vault_item SET ${column} = set_byte(${column}, 3, 7) WHERE id = $1`, [item]),
      ),
    ).toEqual([`vault:${item}: its state does not follow from its events: ${column}`])
  const grounds = await foundWith(one, (tx) =>
    tx.query(`UPDATE opening SET basis = '{"kind":"authority","id":"a-x"}', override = 'x-1'`),
  )
  expect(grounds).toHaveLength(one.items.length)
  expect(grounds.join()).toContain('its state does not follow from its events: basis, override')
})

/** What folding finds after a change that is taken back. */
async function foundWith(
  { desk: { database } }: Awaited<ReturnType<typeof handoverScene>>,
  change: (tx: Transaction) => Promise<unknown>,
): Promise<string[]> {
  let found: string[] = []
  await database
    .transaction(async (tx) => {
      await change(tx)
      found = (await refold(tx)).faults.map(({ place, says }) => `${place}: ${says}`)
      throw new Undone()
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undone)) throw error
    })
  return found
}
