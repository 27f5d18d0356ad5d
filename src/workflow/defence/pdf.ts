/** PDF: a defence record set for people to read: tagged, with its JSON attached; the same record, the same bytes. */
import { createRequire } from 'node:module'
import PDFDocument from 'pdfkit'
import type { DefenceRecord, Fact, LedgerLine, ParagraphAnswer } from '#cases/defence-record'
import { printable } from './printable.ts'
import { rangesOf } from './ranges.ts'

/** Open fonts, embedded: the record reads the same everywhere, and for ever. */
const FONT_FILES = '@expo-google-fonts/noto-sans'
const found = createRequire(import.meta.url).resolve
const FONTS = {
  regular: found(`${FONT_FILES}/400Regular/NotoSans_400Regular.ttf`),
  bold: found(`${FONT_FILES}/700Bold/NotoSans_700Bold.ttf`),
}
/** Known to the library, and left out of its types. */
const PDF_UA = 'PDF/UA' as unknown as PDFKit.Mixins.PDFSubsets
const [REGULAR, BOLD] = ['Regular', 'Bold']

const MARGIN = 56
const BOTTOM = 64
const SIGN_WIDTH = 38
const BODY_SIZE = 10
const SMALL_SIZE = 8.5
const INK = '#111111'
const GREY = '#555555'
/** Proofs are long and for programs: of each the PDF names the place in the tree, and the attached JSON has it whole. */
const LEDGER_LINES_MAX = 500

/** What is set. */
export interface RecordToSet {
  readonly id: string
  readonly record: DefenceRecord
  readonly json: string
  /** SHA-256 of the JSON, printed on every page. */
  readonly sha256: string
}

/** A document, and the element of its structure in which all that is read stands. */
type Doc = PDFKit.PDFDocument & { readonly tree: PDFKit.PDFStructureElement }

/** The sections in the order in which a reader needs them. */
const SECTIONS: readonly (readonly [title: string, facts: (record: DefenceRecord) => readonly Fact[]])[] = [
  ['Role at the time', ({ roles }) => roles],
  ['Written authorities', ({ authorities }) => authorities],
  ['Training', ({ training }) => training],
  ['Advice received', ({ advice }) => advice],
  ['How it was found, and when it was reported', ({ discovery }) => discovery],
  ['Each act, with its time and purpose', ({ acts }) => acts],
  ['Copies', ({ copies }) => copies],
  ['Who was told, and when', ({ tellings }) => tellings],
  ['What it is kept for', ({ keeping }) => keeping],
  ['Holds', ({ holds }) => holds],
  ['Destruction', ({ destructions }) => destructions],
]

/** Sets a record. @returns the bytes of the PDF */
export async function setRecord(given: RecordToSet): Promise<Buffer> {
  const { record, json } = given
  const doc = documentOf(record)
  const chunks: Buffer[] = []
  doc.on('data', (chunk: Buffer) => chunks.push(chunk))
  const ended = new Promise<void>((resolve, reject) => {
    doc.once('end', resolve)
    doc.once('error', reject)
  })
  footers(doc, given)
  doc.addPage()
  const made = new Date(record.made.at)
  doc.file(Buffer.from(json), {
    ...{ name: 'defence-record.json', type: 'application/json', creationDate: made, modifiedDate: made },
    description: 'The record as data, with the proofs of the ledger',
  })
  titlePage(doc, given)
  section(doc, 'What the paragraphs ask, and which facts answer', record.paragraphs, paragraph)
  for (const [title, facts] of SECTIONS) section(doc, title, facts(record), fact)
  ledger(doc, record.ledger)
  doc.tree.end()
  doc.end()
  await ended
  return Buffer.concat(chunks)
}

function documentOf(record: DefenceRecord): Doc {
  const doc = new PDFDocument({
    ...{
      autoFirstPage: false,
      size: 'A4',
      tagged: true,
      displayTitle: true,
      lang: 'en-GB',
      pdfVersion: '1.7',
      subset: PDF_UA,
      font: FONTS.regular,
    },
    margins: { top: MARGIN, bottom: BOTTOM, left: MARGIN, right: MARGIN },
    info: {
      Title: `Defence record of ${record.person.pseudonym} for ${printable(record.subject.id)}`,
      Subject: record.instrument,
      Creator: 'Tutela',
      Producer: 'Tutela',
      CreationDate: new Date(record.made.at),
    },
  })
  doc.registerFont(REGULAR, FONTS.regular).registerFont(BOLD, FONTS.bold)
  const tree = doc.struct('Document')
  doc.addStructure(tree)
  return Object.assign(doc, { tree })
}

/** Number of the page, and what the page is of, on each of them; no part of what is read aloud. */
function footers(doc: Doc, { id, sha256 }: RecordToSet): void {
  let page = 0
  doc.on('pageAdded', () => {
    page += 1
    const { bottom } = doc.page.margins
    doc.page.margins.bottom = 0 // the footer stands below what the text may fill
    doc.markContent('Artifact', { type: 'Pagination' })
    doc.font(REGULAR).fontSize(7).fillColor(GREY)
    doc.text(`${id} · page ${page} · SHA-256 of the attached JSON: ${sha256}`, MARGIN, doc.page.height - 40, {
      lineBreak: false,
    })
    doc.endMarkedContent()
    doc.page.margins.bottom = bottom
    doc.x = MARGIN
    doc.y = MARGIN
  })
}

function titlePage(doc: Doc, { record }: RecordToSet): void {
  const { person, subject, made, organisation, items } = record
  add(doc, 'H1', () => {
    doc.font(BOLD).fontSize(22).fillColor(INK).text('Defence record', { paragraphGap: 10 })
  })
  const lines = [
    ['Person', person.name === undefined ? person.pseudonym : `${person.name} (${person.pseudonym})`],
    ['About', `${subject.kind} ${subject.id}`],
    ['Made', `${moment(made.at)} by ${made.by}`],
    ['Organisation', organisation === 'not recorded' ? organisation : `${organisation} (paragraph 12)`],
    ['Law', `${record.place}. ${record.instrument}`],
    ...items.map(({ id, sha256, mediaType, sizeBytes, sealedAt, state, destroyedAt }) => [
      'Item',
      `${id}, ${mediaType}, ${sizeBytes} bytes, sealed ${moment(sealedAt)}, ${state}` +
        `${destroyedAt === undefined ? '' : ` ${moment(destroyedAt)}`}. SHA-256 ${sha256}`,
    ]),
  ]
  listed(doc, (listing) => {
    for (const [name = '', value = ''] of lines) labelled(listing, name, [[value, BODY_SIZE, INK]], 84)
  })
  doc.moveDown(0.8)
  heading(doc, 'What this record is')
  for (const words of record.statement)
    add(doc, 'P', () => body(doc).text(printable(words), MARGIN, doc.y, { paragraphGap: 5 }))
}

function section<T>(
  doc: Doc,
  title: string,
  all: readonly T[],
  set: (listing: Listing, one: T) => void,
): void {
  heading(doc, title)
  if (all.length === 0)
    add(doc, 'P', () => body(doc).text('Not recorded.', MARGIN, doc.y, { paragraphGap: 4 }))
  else
    listed(doc, (listing) => {
      for (const one of all) set(listing, one)
    })
}

function heading(doc: Doc, title: string): void {
  keepTogether(doc, 70)
  doc.moveDown(0.9)
  doc.outline.addItem(title)
  add(doc, 'H2', () => {
    doc.font(BOLD).fontSize(13).fillColor(INK).text(title, MARGIN, doc.y, { paragraphGap: 5 })
  })
}

function paragraph(listing: Listing, { paragraphs, asks, facts, answer, judged }: ParagraphAnswer): void {
  const answered = answer === 'not recorded' ? 'Not recorded.' : `Facts: ${rangesOf(facts)}.`
  const words: Line[] = [[asks, BODY_SIZE, INK]]
  words.push([answered, BODY_SIZE, answer === 'not recorded' ? GREY : INK])
  if (judged !== undefined) words.push([judged, SMALL_SIZE, GREY])
  labelled(listing, `Para. ${paragraphs}`, words, 76)
}

function fact(listing: Listing, { fact: sign, at, words, purpose, particulars }: Fact): void {
  const lines: Line[] = [[`${moment(at)}. ${words}`, BODY_SIZE, INK]]
  if (purpose !== undefined) lines.push([`purpose: ${purpose}`, SMALL_SIZE, INK])
  if (particulars.length > 0) lines.push([particulars.join(' · '), SMALL_SIZE, GREY])
  labelled(listing, sign, lines, SIGN_WIDTH)
}

function ledger(doc: Doc, lines: readonly LedgerLine[]): void {
  heading(doc, 'Where the acts stand in the ledger')
  const note =
    lines.length === 0
      ? 'Not recorded.'
      : 'Each leaf is SHA-256 of its salt and the canonical event. Salts, events and proofs are in the attached JSON; the ' +
        'proofs are in the format C2SP tlog-proof, which public tools check against the key of the ledger.'
  add(doc, 'P', () => body(doc).text(note, MARGIN, doc.y, { paragraphGap: 6 }))
  if (lines.length > 0)
    listed(doc, (listing) => {
      for (const line of lines.slice(0, LEDGER_LINES_MAX)) ledgerLine(listing, line)
    })
  if (lines.length > LEDGER_LINES_MAX)
    add(doc, 'P', () =>
      body(doc).text(`${lines.length - LEDGER_LINES_MAX} more are in the attached JSON.`, MARGIN),
    )
}

function ledgerLine(
  listing: Listing,
  { fact: sign, stream, version, number, leaf, proof }: LedgerLine,
): void {
  const proved = proof === 'not recorded' ? 'no proof recorded' : 'proof in the JSON'
  const place = number === 'pending' ? 'pending: no number yet' : `leaf ${number}`
  const words = `${place}, ${proved} · ${stream} ${version} · ${leaf}`
  labelled(listing, sign ?? '-', [[words, SMALL_SIZE, INK]], SIGN_WIDTH)
}

type Line = readonly [words: string, size: number, colour: string]

/** A list that is being set. */
interface Listing {
  readonly doc: Doc
  readonly list: PDFKit.PDFStructureElement
}

/** Sets a list, one item after the other. */
function listed(doc: Doc, set: (listing: Listing) => void): void {
  const list = doc.struct('L')
  doc.tree.add(list)
  set({ doc, list })
  list.end()
}

/** A sign at the margin and what it is of beside it: an item of a list, label and body. */
function labelled({ doc, list }: Listing, label: string, lines: readonly Line[], width: number): void {
  keepTogether(doc, 14 + lines.length * 13)
  const item = doc.struct('LI')
  list.add(item)
  const top = doc.y
  item.add(
    doc.struct('Lbl', {}, () => {
      doc
        .font(BOLD)
        .fontSize(BODY_SIZE - 1)
        .fillColor(INK)
      doc.text(printable(label), MARGIN, top + 0.5, { width: width - 4 })
    }),
  )
  doc.y = top
  item.add(
    doc.struct('LBody', {}, () => {
      const wide = doc.page.width - 2 * MARGIN - width
      for (const [words, size, colour] of lines) {
        doc.font(REGULAR).fontSize(size).fillColor(colour)
        doc.text(printable(words), MARGIN + width, doc.y, { width: wide, lineGap: 1 })
      }
    }),
  )
  item.end()
  doc.x = MARGIN
  doc.y += 5
}

/** Begins a page where what belongs together would be torn; what is longer than a page flows on. */
function keepTogether(doc: Doc, height: number): void {
  if (doc.y + height > doc.page.height - BOTTOM) doc.addPage()
}

function add(doc: Doc, tag: string, set: () => void): void {
  doc.tree.add(doc.struct(tag, {}, set))
}

function body(doc: Doc): Doc {
  return doc.font(REGULAR).fontSize(BODY_SIZE).fillColor(INK)
}

/** A time as a person reads it; the JSON has it to the millisecond. */
function moment(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`
}
