/** Page: an NCMEC hash-sharing `queryResult`, as it is fetched or kept in a file. Spec: NCMEC Hash Sharing v2, entries. */
import { shown } from '../entry.ts'
import { ENTRY_KINDS, type NcmecEntry, parseEntry } from './entry.ts'
import { type XmlElement, XmlReader } from './xml.ts'

/** The namespace of every document. */
export const NCMEC_NAMESPACE = 'https://hashsharing.ncmec.org/hashsharing/v2'

/** Longest link to the next page. */
const NEXT_LENGTH_MAX = 2_048
/** Longest timestamp as written. */
const TIME_LENGTH_MAX = 40

/** Where in a page something stands: entries and lines are counted from 1. */
export interface NcmecPlace {
  readonly entry: number
  readonly line: number
}

/** Who is told of what is wrong. */
export interface NcmecComplaints {
  /** An entry was left out, or a fingerprint of it. */
  addAt(place: NcmecPlace, reason: string): void
  /** The page is refused whole: always throws. */
  refuse(reason: string): never
}

/** What a page says of itself. */
export interface NcmecTail {
  /** Link to the next page, relative to the root of the application; absent on the last page. */
  readonly next?: string
  /** Latest change on the page as its groups state it, ISO 8601 UTC. */
  readonly maxTimestamp?: string
  /** Entries that its groups say they hold, where they say. */
  readonly stated?: number
  /** Entries that it holds, those that were refused among them. */
  readonly found: number
}

/**
 * Parses one page as its bytes come. Entries are given in the order of the page, which is not that of time. What is wrong with an
 * entry costs that entry alone; a page that is not well-formed, or not of NCMEC's namespace, is refused whole.
 */
export class NcmecParser {
  readonly #complaints: NcmecComplaints
  readonly #reader: XmlReader
  #entries: NcmecEntry[] = []
  #found = 0
  #stated: number | undefined
  #next: string | undefined
  #maxTimestamp: string | undefined

  constructor(complaints: NcmecComplaints) {
    this.#complaints = complaints
    this.#reader = new XmlReader({
      namespace: NCMEC_NAMESPACE,
      opens: (element, depth) => this.#opens(element, depth),
      tree: (element, above, line) => this.#tree(element, above, line),
      refuse: (reason) => complaints.refuse(reason),
    })
  }

  /** Takes in bytes of the page. @returns the entries that ended within them */
  take(bytes: Uint8Array): readonly NcmecEntry[] {
    this.#reader.take(bytes)
    const entries = this.#entries
    this.#entries = []
    return entries
  }

  /** Takes in the end of the page, which must be whole. */
  end(): NcmecTail {
    this.#reader.end()
    return {
      ...(this.#next && { next: this.#next }),
      ...(this.#maxTimestamp && { maxTimestamp: this.#maxTimestamp }),
      ...(this.#stated !== undefined && { stated: this.#stated }),
      found: this.#found,
    }
  }

  #opens(element: XmlElement, depth: number): 'enter' | 'tree' {
    if (depth === 0) return this.#root(element)
    const isGroup = depth === 1 && (element.name === 'images' || element.name === 'videos')
    if (!isGroup || element.namespace !== undefined) return 'tree'
    this.#group(element)
    return 'enter'
  }

  #root({ name, namespace }: XmlElement): 'enter' {
    if (name !== 'queryResult') this.#complaints.refuse(`is XML, but ${shown(name)} is no list of NCMEC's`)
    if (namespace === undefined) return 'enter'
    return this.#complaints.refuse(`its elements are not of the namespace ${NCMEC_NAMESPACE}`)
  }

  #group({ attributes = {} }: XmlElement): void {
    const count = attributes['count']
    if (count !== undefined && /^\d{1,12}$/.test(count)) this.#stated = (this.#stated ?? 0) + Number(count)
    const stated = attributes['maxTimestamp'] ?? ''
    const time = stated.length <= TIME_LENGTH_MAX ? Date.parse(stated) : Number.NaN
    if (Number.isNaN(time)) return
    const moment = new Date(time).toISOString()
    if (this.#maxTimestamp === undefined || moment > this.#maxTimestamp) this.#maxTimestamp = moment
  }

  #tree(element: XmlElement, above: XmlElement, line: number): void {
    if (above.name === 'queryResult') {
      if (element.name === 'paging') this.#paging(element)
      else this.#complaints.addAt({ entry: this.#found, line }, `${shown(element.name)} is no part of a page`)
      return
    }
    this.#found++
    const place = { entry: this.#found, line }
    const entry = parseEntry(element, (reason) => this.#complaints.addAt(place, reason))
    if (typeof entry === 'string') this.#complaints.addAt(place, entry)
    else if (ENTRY_KINDS.get(element.name)?.media === GROUP_MEDIA[above.name]) this.#entries.push(entry)
    else this.#complaints.addAt(place, `${shown(element.name)} does not belong among its ${above.name}`)
  }

  #paging({ children = [] }: XmlElement): void {
    const next = children.find(({ name }) => name === 'next')?.text
    if (next === undefined) return
    if (next.length > NEXT_LENGTH_MAX)
      this.#complaints.refuse('links to its next page by too long an address')
    this.#next = next
  }
}

const GROUP_MEDIA: Readonly<Record<string, 'image' | 'video'>> = { images: 'image', videos: 'video' }
