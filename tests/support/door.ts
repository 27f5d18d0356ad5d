/** Door: an item to act on, and what comes of asking to. */
import { newId } from '#ground/id'
import type { Database } from '#store/database'
import type { Act, Person, Subject } from '#terms/people'
import { type Asked, pass } from '#workflow/door'

export const at = new Date('2026-05-01T12:00:00Z')
export const signed = { actor: 'tutela', at } as const
export const view = { purpose: 'assess' } as const

/** An item of the vault as the door sees one, in some cases. */
export async function item(database: Database, cases: readonly string[]): Promise<Subject> {
  const id = newId('v')
  const digest = Buffer.from(id.padEnd(32, '0').slice(0, 32))
  await database.query(
    `INSERT INTO vault_item (id, state, md5, sha1, sha256, size_bytes, media_type, custodian, sealed_at,
       blob_sha256, blob_bytes, version)
     VALUES ($1, 'available', $2, $2, $2, 1, 'image/png', 'tutela', $3, $2, 1, 1)`,
    [id, digest, at],
  )
  for (const number of cases)
    await database.query('INSERT INTO item_case (item, case_number) VALUES ($1, $2)', [id, number])
  return { kind: 'item', id }
}

/** What came of asking: `done`, or the reason of the refusal. */
export async function asking(
  database: Database,
  by: Person,
  act: Act,
  more: Partial<Asked> = {},
): Promise<string> {
  return pass(database, { by: by.id, act, at, ...more }, async () => 'done').catch((error: Error) => {
    const because = /\(([a-z-]+), r-/.exec(error.message)?.[1]
    if (because === undefined) throw error
    return because
  })
}
