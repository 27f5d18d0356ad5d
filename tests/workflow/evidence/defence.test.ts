/** Defence record: facts in order, questions and answers, its digest in the ledger, and a PDF that carries its data. */
import { createHash } from 'node:crypto'
import { inflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { defenceRecord } from '#cases/defence'
import type { DefenceFacts } from '#cases/defence-facts'
import { eventsOf } from '#store/append'
import { addCopy } from '#store/copies'
import { recordDelay, recordDiscovery, recordReport, recordTelling } from '#store/discoveries'
import { placeHold } from '#store/holds'
import { addToCase } from '#store/items'
import { endOpening, grantOpening } from '#store/openings'
import { canonical } from '#terms/event'
import { makeDefenceRecord } from '#workflow/defence/make'
import { setRecord } from '#workflow/defence/pdf'
import { printable } from '#workflow/defence/printable'
import { rangesOf } from '#workflow/defence/ranges'
import { propose } from '#workflow/evidence/destroy'
import { readProfiles } from '#workflow/evidence/profiles'
import { keepItem } from '#workflow/evidence/retain'
import { temporaryDatabase } from '../../support/database.ts'
import { itemRow } from '../../support/evidence.ts'
import { pdfStructure } from '../../support/pdf-structure.ts'
import { someone } from '../../support/people.ts'

const FOUND = new Date('2026-03-02T08:15:00Z')
const later = (minutes: number): Date => new Date(FOUND.getTime() + minutes * 60_000)

/** A find at work: reported after a delay with its reason, kept for the report, held, told of. */
async function incident() {
  const { database } = await temporaryDatabase()
  const person = await someone(database, ['analyst'], { cases: ['2026-7'], departments: ['abuse desk'] })
  const signed = (minutes: number) => ({ actor: `person:${person.id}`, at: later(minutes) }) as const
  const item = await itemRow(database, later(5), signed(0).actor)
  const profiles = await readProfiles()
  await database.transaction(async (tx) => {
    await addToCase(tx, item, '2026-7', signed(5))
    await keepItem(tx, profiles, { item, purpose: 'report', profile: 'workplace' }, signed(5))
    await addCopy(tx, { item, place: 'key', label: 'the key store' }, signed(5))
    const how = 'A customer wrote that a link in a forum shows a child. Жалоба.'
    const given = { subject: { kind: 'item', id: item }, way: 'complaint', how, discoveredAt: FOUND } as const
    const find = await recordDiscovery(tx, given, signed(6))
    const another = { ...given, discoveredBy: 'person:p-0000000000000000', discoveredAt: later(1) }
    await recordDiscovery(tx, another, signed(7))
    await recordDelay(tx, find, 'the line of the hotline was engaged', signed(30))
    await recordReport(tx, find, { to: 'iwf', reportedAt: later(45), reference: 'IWF-1' }, signed(46))
    const told = {
      subject: { kind: 'case', id: '2026-7' },
      told: 'the head of safety',
      what: 'a find',
    } as const
    await recordTelling(tx, { ...told, at: later(50) }, signed(50))
    await placeHold(tx, { item, because: 'instructed', issuer: 'the police' }, signed(60))
  })
  const refused = propose({ database, now: () => later(70) }, { by: person.id }, { item, because: 'x' })
  await expect(refused).rejects.toThrow('under-hold')
  return { database, person, item, desk: { database, now: () => later(90) } }
}

describe('a defence record', () => {
  test('states role, find, acts, copies, tellings, and answers the paragraphs by facts', async () => {
    const { desk, person, item, database } = await incident()
    const subject = { kind: 'item', id: item } as const
    const { record, json, sha256, id } = await makeDefenceRecord(desk, person.id, {
      person: person.id,
      subject,
    })
    expect(record.roles.at(-1)).toMatchObject({ fact: 'R2', words: 'Had the roles analyst' })
    expect(record.discovery[0]?.particulars).toContain('from discovery to report: 45 minutes')
    expect(record.discovery[0]?.particulars.join()).toContain('paragraph 27')
    expect(record.discovery.map(({ particulars }) => particulars[0])).toEqual([
      `by: person:${person.id}`,
      `by: person:p-0000000000000000, as said by person:${person.id}`, // the other has not said so
    ])
    expect(record.acts.map(({ event }) => event?.kind)).toContain('act.refused')
    expect(record.acts[0]).toMatchObject({ event: { kind: 'vault.sealed' }, purpose: 'report' })
    const answers = new Map(
      record.paragraphs.map((one) => [`${one.paragraphs} ${one.asks.slice(0, 12)}`, one]),
    )
    expect(answers.get('16 That it was ')).toMatchObject({ facts: ['F1'], answer: 'see facts' })
    expect(answers.get('27 A report by ')?.facts).toEqual(['F1'])
    expect(answers.get('23, 24, 25 Written auth')).toMatchObject({ facts: [], answer: 'not recorded' })
    expect(answers.get('22 That the per')?.judged).toContain('judgement')
    expect(record.statement.join(' ')).toContain('must prove')
    expect(record.statement.join(' ')).toContain('no legal advice')
    expect(createHash('sha256').update(json).digest('hex')).toBe(sha256)
    const [made] = await eventsOf(database, `defence:${id}`)
    expect(made?.body).toEqual({ person: person.id, subject, sha256 })
  })

  test('names every leaf with the salt by which anybody can make it again', async () => {
    const { desk, person, item, database } = await incident()
    const asked = { person: person.id, subject: { kind: 'item', id: item } as const }
    const proving = { ...desk, prove: async (_: unknown, number: number) => `proof of ${number}` }
    const { record } = await makeDefenceRecord(proving, person.id, asked)
    expect(record.ledger.length).toBe(record.acts.length)
    for (const line of record.ledger) {
      expect(line).toMatchObject({ number: 'pending', proof: 'not recorded' })
      const event = (await eventsOf(database, line.stream)).find(({ version }) => version === line.version)
      const { id: _, ...rest } = event ?? { id: '' }
      const leaf = createHash('sha256')
        .update(Buffer.from(line.salt, 'hex'))
        .update(canonical({ ...rest }))
      expect(leaf.digest('hex')).toBe(line.leaf)
    }
    await database.query('UPDATE leaf SET number = id - 1')
    const numbered = (await makeDefenceRecord(proving, person.id, asked)).record.ledger[0]
    expect(numbered?.proof).toBe(`proof of ${numbered?.number}`)
  })

  test('of somebody else is made by those who answer for them, and nobody else', async () => {
    const { desk, person, item, database } = await incident()
    const asked = { person: person.id, subject: { kind: 'item', id: item } as const }
    const auditor = await someone(database, ['auditor'])
    const steward = await someone(database, ['steward'])
    expect((await makeDefenceRecord(desk, auditor.id, asked)).record.made.by).toBe(`person:${auditor.id}`)
    await expect(makeDefenceRecord(desk, steward.id, asked)).rejects.toThrow('no-role')
  })

  test('tells of openings whose end nobody told that the program ended them', async () => {
    const { desk, person, item, database } = await incident()
    const grant = { by: person.id, act: 'view', roles: ['analyst'], at: later(61).toISOString() } as const
    const opening = await database.transaction((tx) =>
      grantOpening(tx, {
        ...({ kind: 'viewing', item, person: person.id, purpose: 'assess', level: 'thumbnail' } as const),
        ...{ boxSeconds: 60, grant },
      }),
    )
    await endOpening(database, opening, { ending: 'timed-out', exposureUnits: 0 }, later(63))
    const subject = { kind: 'item', id: item } as const
    const { record } = await makeDefenceRecord(desk, person.id, { person: person.id, subject })
    expect(record.acts.at(-1)).toMatchObject({
      words: 'Nobody told the end of the viewing: the program ended it when its time was over',
      event: { kind: 'viewing.ended', stream: `opening:${opening}` },
    })
    expect(record.ledger).toHaveLength(record.acts.length)
  })

  test('of a case tells of every item in it', async () => {
    const { desk, person, item } = await incident()
    const subject = { kind: 'case', id: '2026-7' } as const
    const { record } = await makeDefenceRecord(desk, person.id, { person: person.id, subject })
    expect(record.items.map((one) => one.id)).toEqual([item])
    expect(record.tellings.length).toBe(2)
  })

  test('says "not recorded" to every question where nothing is on record', () => {
    const record = defenceRecord(NOTHING)
    expect(new Set(record.paragraphs.map(({ answer }) => answer))).toEqual(new Set(['not recorded']))
    expect(record.organisation).toBe('not recorded')
  })
})

describe('its PDF', () => {
  test('is tagged, carries the JSON, and is the same for the same record', async () => {
    const { desk, person, item } = await incident()
    const asked = { person: person.id, subject: { kind: 'item', id: item } as const, name: 'Zoë Example' }
    const made = await makeDefenceRecord(desk, person.id, asked)
    const pdf = await setRecord(made)
    expect(pdf.subarray(0, 8).toString()).toBe('%PDF-1.7')
    const text = pdf.toString('latin1')
    expect(text).toContain('/Marked true')
    expect(text).toContain('/StructTreeRoot')
    expect(text).toContain('/Lang (en-GB)')
    expect(inflated(pdf)).toContain(made.json)
    expect((await setRecord(made)).equals(pdf)).toBe(true)
  })

  test('is read aloud whole, once, in its order, under headings that skip no level', async () => {
    const { desk, person, item } = await incident()
    const asked = { person: person.id, subject: { kind: 'item', id: item } as const }
    const made = await makeDefenceRecord(desk, person.id, asked)
    const { catalog, title, showsTitle, ...read } = pdfStructure(await setRecord(made))
    const { root, elements, drawn, untagged, artifacts } = read
    expect(catalog).toContain('/Lang (en-GB)')
    expect([title, showsTitle]).toEqual([`(Defence record of ${person.id} for ${item})`, true])
    expect(root.tag).toBe('Document')
    const headings = elements.map(({ tag }) => tag).filter((tag) => tag.startsWith('H'))
    expect(headings).toEqual(['H1', ...Array.from({ length: headings.length - 1 }, () => 'H2')])
    expect(headings.length).toBe(15) // what it is, what is asked, eleven sections of facts, the ledger
    for (const { tag, children } of elements) {
      if (tag === 'L') expect(new Set(children.map((one) => one.tag))).toEqual(new Set(['LI']))
      if (tag === 'LI') expect(children.map((one) => one.tag)).toEqual(['Lbl', 'LBody'])
    }
    expect(elements.flatMap(({ content }) => content)).toEqual(drawn) // all that is drawn, each once, as it stands
    expect(drawn.length).toBeGreaterThan(60)
    expect(untagged).toBe(0)
    expect(artifacts).toBeGreaterThan(1) // the foot of each page
  })

  test('claims PDF/UA, and carries its fonts', async () => {
    const { metadata, fonts } = pdfStructure(
      await setRecord({ id: 'd-1', record: defenceRecord(NOTHING), json: '{}', sha256: '0' }),
    )
    expect(fonts.length).toBeGreaterThan(0)
    expect(fonts.filter(({ isEmbedded }) => !isEmbedded)).toEqual([])
    expect(metadata).toContain('pdfuaid:part')
  })

  test('names the marks that its fonts cannot show, and drops none', () => {
    expect(printable('Жа 字a\u202e\n“é”')).toBe('Жа [U+5B57]a[U+202E] “é”')
  })

  test('draws neighbouring facts together', () => {
    expect(rangesOf(['A1', 'A2', 'A3', 'A5', 'C1', 'C2'])).toBe('A1 to A3, A5, C1, C2')
  })
})

const NOTHING: DefenceFacts = {
  ...{ person: 'p-0000000000000000', subject: { kind: 'item', id: 'v-0000000000000000' } },
  ...{ at: FOUND.toISOString(), madeBy: 'person:p-0000000000000000', items: [], personEvents: [] },
  ...{ authorities: [], training: [], advice: [], discoveries: [], tellings: [], acts: [], copies: [] },
  ...{ keeping: [], holds: [], destructions: [], ledger: [] },
}

/** Every compressed stream of a PDF, opened. */
function inflated(pdf: Buffer): string {
  let text = ''
  for (let at = pdf.indexOf('stream\n'); at >= 0; at = pdf.indexOf('stream\n', at + 1)) {
    try {
      text += inflateSync(pdf.subarray(at + 'stream\n'.length)).toString('utf8')
    } catch {
      // an end of a stream, or one that is not compressed
    }
  }
  return text
}
