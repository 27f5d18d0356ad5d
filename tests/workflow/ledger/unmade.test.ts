/** Unmade: a row that somebody wrote past the events is found and named, as one that was changed is. */
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { KeyedDigests } from '#ground/digest-key'
import { eventsOf } from '#store/append'
import { Database } from '#store/database'
import { holdStream, placeHold } from '#store/holds'
import { judge } from '#store/judgements'
import { ROWS_KNOWN } from '#store/unmade'
import { FOLDS } from '#workflow/ledger/folds'
import { refold } from '#workflow/ledger/verify/refold'
import { temporaryDatabase } from '../../support/database.ts'
import { itemRow } from '../../support/evidence.ts'
import { foundWith } from '../../support/folded.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { approved, handoverScene, written } from '../../support/handover.ts'
import { madeList, numbered, signed } from '../../support/register.ts'

/** A round of verification, a refusal and the like leave nothing but their event. */
const WITHOUT_ROWS = ['vault-check:', 'refusal:', 'sign-in:', 'defence:']

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
    const forgotten = await foundWith(one.desk.database, async (tx) => {
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
  const found = await foundWith(one.desk.database, async (tx) => {
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
      await foundWith(one.desk.database, (tx) =>
        tx.query(`UPDATE vault_item SET ${column} = set_byte(${column}, 3, 7) WHERE id = $1`, [item]),
      ),
    ).toEqual([`vault:${item}: its state does not follow from its events: ${column}`])
  const grounds = await foundWith(one.desk.database, (tx) =>
    tx.query(`UPDATE opening SET basis = '{"kind":"authority","id":"a-x"}', override = 'x-1'`),
  )
  expect(grounds).toHaveLength(one.items.length)
  expect(grounds.join()).toContain('its state does not follow from its events: basis, override')
})

test('an entry or a judgement that was forged, changed or taken out is of no change of its list', async () => {
  const { database } = await temporaryDatabase()
  const list = await madeList(database)
  await list.apply([numbered(1), numbered(2), numbered(3)])
  await list.apply([numbered(1, { label: 'again' })])
  const { entry } = await list.entry('k2')
  await database.transaction((tx) => judge(tx, entry, { trust: 'disputed', because: 'blurred' }, signed))
  expect(await refold(database)).toMatchObject({ streams: 1, unfolded: {}, faults: [] })
  const columns = 'list, since, trust, key, md5'
  const forged = `INSERT INTO entry (${columns}) SELECT ${columns.replace('md5', "'\\x00'")} FROM entry WHERE row = ${entry}`
  const judged = (since: string) =>
    `INSERT INTO judgement (entry, since, trust, because, actor, at)
     SELECT row, ${since}, 4, 'x', 'operator:x', now() FROM entry WHERE key = 'k3'`
  for (const [statement, field] of [
    [forged, 'changes, rowsOfNoChange'],
    [judged('since + 1000'), 'rowsOfNoChange'],
    [judged('since'), 'changes'],
    [`UPDATE entry SET md5 = set_byte(md5, 0, 255) WHERE row = ${entry}`, 'changes'],
    ['DELETE FROM judgement', 'changes'],
    [`UPDATE entry SET until = 77000 WHERE row = ${entry}`, 'rowsOfNoChange'],
    ["UPDATE list SET uses = '{gate,scan,crawl}'", 'termsOtherwise'],
    ['UPDATE list SET removed_at = now()', 'isRemoved'],
    ['UPDATE change SET digest = sha256(digest) WHERE id = (SELECT max(id) FROM change)', 'changes'],
  ] as const)
    expect(await foundWith(database, (tx) => tx.query(statement)), statement).toEqual([
      `list:${list.id}: its state does not follow from its events: ${field}`,
    ])
})

test('words are on record by a keyed digest; older plain ones hold, and without the key nothing is called well', async () => {
  const { database: bare, config } = await temporaryDatabase()
  const folder = await temporaryFolder()
  const openUnder = (place: string) => new Database(config, { digests: new KeyedDigests(place) })
  const [database, elsewhere] = [openUnder(folder), openUnder(await temporaryFolder())]
  const nothing = new Database(config)
  try {
    const item = await itemRow(bare, signed.at, signed.actor)
    const hold = { item, because: 'an appeal', issuer: 'a court' }
    const id = await database.transaction((tx) => placeHold(tx, hold, signed))
    const kinds = FOLDS.filter(({ prefix }) => prefix === 'hold:')
    const faults = async (of: Database) => (await refold(of, kinds)).faults.map(({ says }) => says)
    const [placed] = await eventsOf(database, holdStream(id))
    expect(placed?.body['becauseSha256']).toMatch(/^hmac:[0-9a-f]{8}:[0-9a-f]{64}$/)
    expect(await faults(database)).toEqual([])
    for (const other of [nothing, elsewhere])
      expect(await faults(other)).toEqual(['has words that cannot be checked: the digest key is missing'])
    await expect(nothing.transaction((tx) => placeHold(tx, hold, signed))).rejects.toMatchObject({
      code: 'config.invalid',
    })
    expect(readdirSync(folder)).toEqual(['sign-in.key'])
    const plain = createHash('sha256').update(hold.because).digest('hex')
    const body = `jsonb_set(body, '{becauseSha256}', to_jsonb($1::text))`
    await database.query(`UPDATE event SET body = ${body} WHERE kind = 'hold.placed'`, [plain])
    expect(await faults(database)).toEqual([])
    await database.query("UPDATE hold SET because = 'another', issuer = 'nobody'")
    expect(await faults(database)).toEqual([
      'its state does not follow from its events: becauseSha256, issuerSha256',
    ])
  } finally {
    for (const one of [database, elsewhere, nothing]) await one.close()
  }
})

/** What folding finds after a change that is taken back. */
