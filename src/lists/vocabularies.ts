/** Vocabularies: category schemes as data, what their codes mean, and what leads from one scheme to another. */
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Fault } from '#terms/fault'
import type { Categories } from '#terms/register'
import type { Fields } from './fields.ts'
import { fieldsOfFile } from './fields-file.ts'

/** The schemes that come with Tutela; the same place from source and from the build. */
const SHIPPED = fileURLToPath(new URL('../../vocabularies', import.meta.url))
const MAPPINGS = 'mappings.yaml'
const FILE_LENGTH_MAX = 1 << 18

const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/
const TEXT_LENGTH_MAX = 1_000
const CODES_MAX = 1_000
const MAPPINGS_MAX = 1_000

/** What a code means to whoever meets an entry that has it, the gravest first. */
const MEANINGS = ['alert', 'review', 'ignore'] as const
export type Meaning = (typeof MEANINGS)[number]

const KINDS = ['category', 'flag', 'state', 'age', 'decision'] as const
const RULES = ['same', 'equal', 'candidates', 'severity', 'never'] as const

interface CategoryCode {
  readonly code: string
  readonly title: string
  readonly meaning?: Meaning
  /** Met, but not confirmed by whoever owns the scheme. */
  readonly verify: boolean
}

/** One scheme of categories. */
export interface CategoryScheme {
  readonly scheme: string
  readonly version: string
  readonly title: string
  readonly kind: (typeof KINDS)[number]
  /** Whether one code is given or several. */
  readonly choose: 'one' | 'many'
  /** Where it is defined. */
  readonly source: string
  /** True where its owner may use codes that are not here. */
  readonly open: boolean
  /** What is to be checked before it is relied on. */
  readonly verify?: string
  readonly codes: readonly CategoryCode[]
}

interface MappingRule {
  readonly from: { readonly scheme: string; readonly codes: readonly string[] }
  readonly to: { readonly scheme: string; readonly code?: string }
  readonly rule: (typeof RULES)[number]
  readonly because: string
}

/** What a code may become in another scheme. */
export type Mapped =
  | { readonly kind: 'code'; readonly code: string; readonly because: string }
  /** A person decides, looking at the picture, not at the code. */
  | { readonly kind: 'person'; readonly candidate: string; readonly because: string }
  | { readonly kind: 'none'; readonly because: string }

/** Every scheme that is known, and what leads from one to another. */
export class Vocabularies {
  readonly schemes: ReadonlyMap<string, CategoryScheme>
  readonly mappings: readonly MappingRule[]
  /** By scheme and code: asked for each of millions of entries. */
  readonly #meanings: ReadonlyMap<string, ReadonlyMap<string, Meaning>>

  constructor(schemes: readonly CategoryScheme[], mappings: readonly MappingRule[]) {
    this.schemes = new Map(schemes.map((scheme) => [scheme.scheme, scheme]))
    this.mappings = mappings
    this.#meanings = new Map(schemes.map((scheme) => [scheme.scheme, meaningsOf(scheme)]))
  }

  /** The gravest meaning among some codes; undefined when none of them has one that is known. */
  meaningOf(categories: Categories): Meaning | undefined {
    let gravest: Meaning | undefined
    for (const scheme in categories) {
      const meanings = this.#meanings.get(scheme)
      if (meanings === undefined) continue
      for (const code of categories[scheme] ?? []) gravest = graver(gravest, meanings.get(code))
    }
    return gravest
  }

  /** What a code of one scheme may become in another. Nothing is converted that no mapping allows. */
  mapped(from: string, code: string, to: string): Mapped {
    const rule = this.mappings.find(
      (one) => one.from.scheme === from && one.to.scheme === to && one.from.codes.includes(code),
    )
    if (!rule) return { kind: 'none', because: `no mapping leads from ${from} ${code} to ${to}` }
    const { because } = rule
    const candidate = rule.to.code ?? code
    switch (rule.rule) {
      case 'same':
      case 'equal':
        return { kind: 'code', code: candidate, because }
      case 'candidates':
        return { kind: 'person', candidate, because }
      case 'severity':
      case 'never':
        return { kind: 'none', because }
    }
  }
}

/**
 * Reads the schemes that come with Tutela.
 *
 * @param own a folder of the operator's own: a scheme there takes the place of a shipped one with its name
 * @throws Fault `config.invalid` naming the file and the place, also for a field that is not known
 */
export function readVocabularies(own?: string): Vocabularies {
  const shipped = readFolder(SHIPPED)
  return own === undefined ? shipped : readFolder(own, shipped)
}

/** Reads a folder. @param base what it is put upon: its rules come before the base's */
function readFolder(folder: string, base?: Vocabularies): Vocabularies {
  const files = yamlFiles(folder)
  const schemes = files.filter((file) => basename(file) !== MAPPINGS).map((file) => schemeIn(fieldsOf(file)))
  const rules = files
    .filter((file) => basename(file) === MAPPINGS)
    .flatMap((file) => mappingsIn(fieldsOf(file)))
  const read = new Vocabularies(
    [...(base?.schemes.values() ?? []), ...schemes],
    [...rules, ...(base?.mappings ?? [])],
  )
  for (const rule of rules) refuseUnknown(read, rule)
  return read
}

function yamlFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.yaml'))
      .toSorted()
      .map((name) => join(folder, name))
  } catch (cause) {
    throw new Fault('config.invalid', `${folder}: the vocabularies cannot be read`, { cause })
  }
}

function fieldsOf(file: string): Fields {
  return fieldsOfFile(file, FILE_LENGTH_MAX)
}

function schemeIn(fields: Fields): CategoryScheme {
  const scheme: CategoryScheme = {
    scheme: fields.word('scheme', NAME, 'up to 64 small letters, digits and "-"'),
    version: fields.text('version', TEXT_LENGTH_MAX),
    title: fields.text('title', TEXT_LENGTH_MAX),
    kind: fields.choice('kind', KINDS),
    choose: fields.choice('choose', ['one', 'many']),
    source: fields.text('source', TEXT_LENGTH_MAX),
    open: fields.isSaid('open'),
    ...(fields.has('verify') && { verify: fields.text('verify', TEXT_LENGTH_MAX) }),
    codes: fields.each('codes', CODES_MAX).map(codeIn),
  }
  fields.end()
  return scheme
}

function codeIn(fields: Fields): CategoryCode {
  const code: CategoryCode = {
    code: fields.text('code', TEXT_LENGTH_MAX),
    title: fields.text('title', TEXT_LENGTH_MAX),
    ...(fields.has('meaning') && { meaning: fields.choice('meaning', MEANINGS) }),
    verify: fields.isSaid('verify'),
  }
  fields.end()
  return code
}

function mappingsIn(fields: Fields): MappingRule[] {
  const rules = fields.each('mappings', MAPPINGS_MAX).map(ruleIn)
  fields.end()
  return rules
}

function ruleIn(fields: Fields): MappingRule {
  const [from, to] = [fields.below('from'), fields.below('to')]
  const rule: MappingRule = {
    from: { scheme: from.text('scheme'), codes: from.texts('codes', 1, CODES_MAX, TEXT_LENGTH_MAX) },
    to: { scheme: to.text('scheme'), ...(to.has('code') && { code: to.text('code', TEXT_LENGTH_MAX) }) },
    rule: fields.choice('rule', RULES),
    because: fields.text('because', TEXT_LENGTH_MAX),
  }
  for (const one of [from, to, fields]) one.end()
  return rule
}

/** A mapping between codes that no scheme has would lie in wait. */
function refuseUnknown({ schemes }: Vocabularies, { from, to, rule }: MappingRule): void {
  const wanted = rule === 'same' ? from.codes : to.code === undefined ? [] : [to.code]
  const missing = [
    ...from.codes
      .filter((code) => !hasCode(schemes.get(from.scheme), code))
      .map((code) => `${from.scheme} ${code}`),
    ...wanted.filter((code) => !hasCode(schemes.get(to.scheme), code)).map((code) => `${to.scheme} ${code}`),
    ...(schemes.has(to.scheme) ? [] : [to.scheme]),
  ]
  if (missing.length > 0)
    throw new Fault('config.invalid', `${MAPPINGS}: no scheme has ${missing.join(', ')}`)
}

function hasCode(scheme: CategoryScheme | undefined, code: string): boolean {
  return scheme?.codes.some((one) => one.code === code) ?? false
}

function meaningsOf({ codes }: CategoryScheme): ReadonlyMap<string, Meaning> {
  return new Map(
    codes.flatMap(({ code, meaning }) => (meaning === undefined ? [] : [[code, meaning] as const])),
  )
}

function graver(one: Meaning | undefined, other: Meaning | undefined): Meaning | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return MEANINGS.indexOf(one) <= MEANINGS.indexOf(other) ? one : other
}
