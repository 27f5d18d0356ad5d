/** Print: entries as one page of NCMEC hash sharing, images before videos. Spec: NCMEC Hash Sharing v2, entries. */
import { Fault } from '#terms/fault'
import type { ListEntry } from '#terms/list'
import { hasOtherExtra } from '../extra.ts'
import type { ListHeader } from '../header.ts'
import { keepFields, type ListPrinter, type Lose, type LostField } from '../printers/printer.ts'
import { Spool } from '../spool.ts'
import type { NcmecExtra } from './entry.ts'
import { ncmecExtra } from './kept.ts'
import { NCMEC_NAMESPACE } from './page.ts'
import { elementText, isXmlText } from './text.ts'
import type { XmlElement } from './xml.ts'

const CARRIED: ReadonlySet<LostField> = new Set([
  'md5',
  'sha1',
  'sha256',
  'pdq',
  'photodna',
  'category',
  'source',
  'key',
  'categories',
  'media',
  'extra',
])
const SCHEME = 'ncmec-industry'
const MEDIA = ['image', 'video'] as const
type Media = (typeof MEDIA)[number]

/** Entries of one group, held until it is known how many they are. */
interface Group {
  readonly spool: Spool
  count: number
  maxTimestamp: string
}

/** Prints a page. Entries that came from elsewhere are the list's own: of member 0, under the publisher's name. */
export class NcmecPrinter implements ListPrinter {
  readonly splitEntries = 0
  readonly #own: Omit<NcmecExtra, 'id'>
  readonly #groups: Readonly<Record<Media, Group>> = { image: newGroup(), video: newGroup() }

  /** @throws Fault `usage.invalid` when the list has no date */
  constructor({ publisher, name, date }: ListHeader) {
    if (date === undefined) throw new Fault('usage.invalid', 'a list in the form of NCMEC needs a date')
    const member = { id: 0, name: publisher ?? name ?? 'unnamed' }
    this.#own = { member, timestamp: new Date(date).toISOString() }
  }

  begin(): string {
    return `<?xml version="1.0" encoding="UTF-8"?>\n<queryResult xmlns="${NCMEC_NAMESPACE}">\n`
  }

  keep(entry: ListEntry, lose: Lose): ListEntry | undefined {
    const identity = this.#identity(entry)
    if (!identity || !isXmlText(identity.member.name)) return undefined
    if (!isXmlText(identity.id) || identity.id !== identity.id.trim()) return undefined
    if (entry.deleted) return entry
    const kept = keepFields(entry, CARRIED, lose)
    if (!kept) return undefined
    if (kept.source !== undefined && kept.source !== identity.member.name) lose('source')
    if (hasOtherExtra(kept.extra, ['ncmec'])) lose('extra')
    if (kept.category !== undefined && classification(kept) === undefined) lose('category')
    const { [SCHEME]: own = [], ...others } = kept.categories ?? {}
    if (own.length > 1 || Object.keys(others).length > 0) lose('categories')
    return fingerprints(kept, identity).length > 0 ? kept : undefined
  }

  async print(entries: readonly ListEntry[]): Promise<string> {
    const texts: Record<Media, string[]> = { image: [], video: [] }
    for (const entry of entries) {
      const identity = this.#identity(entry)
      if (!identity) throw new TypeError('an entry that was kept has a key')
      const media = entry.media ?? 'image'
      const group = this.#groups[media]
      group.count++
      if (identity.timestamp > group.maxTimestamp) group.maxTimestamp = identity.timestamp
      texts[media].push(`    ${elementText(entryElement(entry, media, identity))}\n`)
    }
    for (const media of MEDIA) await this.#groups[media].spool.write(texts[media].join(''))
    return ''
  }

  async *end(): AsyncGenerator<Uint8Array | string> {
    for (const media of MEDIA) {
      const { spool, count, maxTimestamp } = this.#groups[media]
      if (count === 0) {
        yield `  <${media}s count="0"/>\n`
        continue
      }
      yield `  <${media}s count="${count}" maxTimestamp="${seconds(maxTimestamp)}">\n`
      yield* spool.read()
      yield `  </${media}s>\n`
    }
    yield '</queryResult>\n'
  }

  async close(): Promise<void> {
    for (const media of MEDIA) await this.#groups[media].spool.close()
  }

  /** Whose the entry is: its own where it came from such a page, else the list's; undefined without a key. */
  #identity(entry: ListEntry): NcmecExtra | undefined {
    const said = ncmecExtra(entry.extra)
    if (said) return said
    const id = entry.key ?? entry.sha256 ?? entry.sha1 ?? entry.md5 ?? entry.pdq
    return id === undefined || id.length > 1_024 ? undefined : { ...this.#own, id }
  }
}

function newGroup(): Group {
  return { spool: new Spool(), count: 0, maxTimestamp: '' }
}

/** Without its milliseconds where it has none to tell. */
function seconds(timestamp: string): string {
  return timestamp.replace('.000Z', 'Z')
}

/** The code of NCMEC's own scheme, or what such a page said itself; a code of another scheme is none. */
function classification(entry: ListEntry): string | undefined {
  const code = entry.categories?.[SCHEME]?.[0]
  if (code !== undefined) return code
  return ncmecExtra(entry.extra) && isXmlText(entry.category ?? '') ? entry.category : undefined
}

function entryElement(entry: ListEntry, media: Media, identity: NcmecExtra): XmlElement {
  const { member, id, timestamp, more = [] } = identity
  const known = [
    { name: 'member', attributes: { id: String(member.id) }, text: member.name },
    { name: 'timestamp', text: seconds(timestamp) },
    { name: 'id', text: id },
  ]
  if (entry.deleted) return { name: media === 'image' ? 'deletedImage' : 'deletedVideo', children: known }
  const code = classification(entry)
  const grade = code === undefined ? [] : [{ name: 'classification', text: code }]
  const prints = { name: 'fingerprints', children: fingerprints(entry, identity) }
  const before = more.filter(({ name }) => name !== 'feedback')
  const feedback = more.filter(({ name }) => name === 'feedback')
  return { name: media, children: [...known, ...grade, ...before, prints, ...feedback] }
}

function fingerprints({ md5, sha1, sha256, pdq, photodna: pdna }: ListEntry, said: NcmecExtra): XmlElement[] {
  const own = Object.entries({ md5, sha1, sha256, pdna, pdq }).flatMap(([name, text]) =>
    text === undefined ? [] : [{ name, text }],
  )
  return [...own, ...(said.fingerprints ?? [])]
}
