/** Print: entries as the Media objects of a VICS hash set. Spec: VICS 1.3 and 2.0, Media. */
import type { ListEntry } from '#terms/list'
import { extraOf, hasOtherExtra, isObject } from '../extra.ts'
import { keepFields, type ListPrinter, type Lose, type LostField } from '../printers/printer.ts'
import { profileOfScheme } from './context.ts'
import { FIELD_NAMES } from './media.ts'

/** The versions that are written. */
export type VicsVersion = '1.3' | '2.0'

const CARRIED: ReadonlySet<LostField> = new Set([
  'md5',
  'sha1',
  'sha256',
  'pdq',
  'photodna',
  'category',
  'categories',
  'media',
  'extra',
])
const MODELS = 'http://github.com/VICSDATAMODEL/ProjectVic/DataModels'
const NUMBER = /^\d{1,4}$/

/** Prints a hash set, an object a line. */
export class VicsPrinter implements ListPrinter {
  readonly splitEntries = 0
  readonly #version: VicsVersion
  readonly #scheme: string | undefined
  #printed = 0
  #lastId = 0

  /** @param scheme the scheme of its category numbers; `vics-us` and `vics-uk` name a profile of version 2.0 */
  constructor(version: VicsVersion, scheme: string | undefined) {
    this.#version = version
    this.#scheme = scheme?.startsWith('vics-') ? scheme : undefined
  }

  begin(): string {
    const context =
      this.#version === '2.0'
        ? {
            '@odata.context': `${MODELS}/2.0.xml/${profileOfScheme(this.#scheme)}/$metadata#Media`,
          }
        : { 'odata.metadata': 'http://github.com/ICMEC/ProjectVic/DataModels/1.3.xml#Media' }
    return `${JSON.stringify(context).slice(0, -1)},"value":[`
  }

  keep(entry: ListEntry, lose: Lose): ListEntry | undefined {
    const kept = keepFields(entry, CARRIED, lose)
    if (kept?.md5 === undefined) return undefined
    if (hasOtherExtra(kept.extra, ['vics'])) lose('extra')
    const code = this.#code(kept)
    if (code === undefined && kept.category !== undefined) lose('category')
    const { [this.#scheme ?? '']: own = [], ...others } = kept.categories ?? {}
    if (own.length > 1 || Object.keys(others).length > 0) lose('categories')
    return kept
  }

  print(entries: readonly ListEntry[]): string {
    return entries
      .map((entry) => `${this.#printed++ === 0 ? '\n' : ',\n'}${JSON.stringify(this.#media(entry))}`)
      .join('')
  }

  end(): string[] {
    return ['\n]}\n']
  }

  async close(): Promise<void> {
    // nothing is held
  }

  /** The number of its category; a code of another scheme is none, and is never turned into one. */
  #code({ category, categories = {} }: ListEntry): number | undefined {
    const isOther = Object.keys(categories).some(
      (scheme) => !scheme.startsWith('vics-') && scheme !== 'publisher',
    )
    const code = this.#scheme === undefined ? (isOther ? undefined : category) : categories[this.#scheme]?.[0]
    return code !== undefined && NUMBER.test(code) ? Number(code) : undefined
  }

  #media(entry: ListEntry): object {
    const { md5, sha1, photodna, media } = entry
    const said = extraOf(entry.extra, 'vics')
    const rest = isObject(said)
      ? Object.fromEntries(Object.entries(said).filter(([name]) => !FIELD_NAMES.has(name)))
      : {}
    const { MediaID: id, MimeType: type = media, ...others } = rest
    const code = this.#code(entry)
    const isUngraded = isObject(said) && said['Category'] === null
    const alternatives = this.#alternatives(entry, isObject(said) ? said['AlternativeHashes'] : undefined)
    return {
      MediaID: this.#id(id),
      ...(code !== undefined ? { Category: code } : isUngraded && { Category: null }),
      MD5: md5?.toUpperCase(),
      ...(sha1 && { SHA1: sha1.toUpperCase() }),
      ...(this.#version === '2.0' && photodna !== undefined && { PhotoDNA: photodna }),
      ...(type !== undefined && { MimeType: type }),
      ...(alternatives.length > 0 && { AlternativeHashes: alternatives }),
      ...others,
    }
  }

  /** An entry keeps the number that it had; one without gets the next. */
  #id(had: unknown): unknown {
    const id = typeof had === 'number' && Number.isSafeInteger(had) ? had : this.#lastId + 1
    this.#lastId = Math.max(this.#lastId, id)
    return id
  }

  #alternatives({ md5, sha256, pdq, photodna }: ListEntry, kept: unknown): unknown[] {
    const named: readonly (readonly [string, string | undefined])[] = [
      ['PhotoDNA', this.#version === '1.3' ? photodna : undefined],
      ['SHA256', sha256],
      ['PDQ', pdq],
    ]
    const own = named.flatMap(([HashName, HashValue]) =>
      HashValue === undefined ? [] : [{ MD5: md5?.toUpperCase(), HashName, HashValue }],
    )
    return [...own, ...(Array.isArray(kept) ? (kept as unknown[]) : [])]
  }
}
