/** Vocabularies: category schemes as data, what their codes mean, and what leads from one scheme to another. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Type, { type Static, type TSchema } from 'typebox'
import Value from 'typebox/value'
import { parse } from 'yaml'
import { Fault } from '#terms/fault'
import type { Categories } from '#terms/register'

/** The schemes that come with Tutela; the same place from source and from the build. */
const SHIPPED = fileURLToPath(new URL('../../vocabularies', import.meta.url))
const MAPPINGS = 'mappings.yaml'
const FILE_LENGTH_MAX = 1 << 18

const closed = { additionalProperties: false }
const text = Type.String({ minLength: 1, maxLength: 1_000 })
/** What a code means to whoever meets an entry that has it, the gravest first. */
const MEANINGS = ['alert', 'review', 'ignore'] as const
export type Meaning = (typeof MEANINGS)[number]

const Code = Type.Object(
  {
    code: text,
    title: text,
    meaning: Type.Optional(Type.Enum([...MEANINGS])),
    /** Met, but not confirmed by whoever owns the scheme. */
    verify: Type.Optional(Type.Literal(true)),
  },
  closed,
)

const Scheme = Type.Object(
  {
    scheme: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,63}$' }),
    version: text,
    title: text,
    kind: Type.Enum(['category', 'flag', 'state', 'age', 'decision']),
    /** Whether one code is given or several. */
    choose: Type.Union([Type.Literal('one'), Type.Literal('many')]),
    /** Where it is defined. */
    source: text,
    /** True where its owner may use codes that are not here. */
    open: Type.Optional(Type.Literal(true)),
    /** What is to be checked before it is relied on. */
    verify: Type.Optional(text),
    codes: Type.Array(Code, { maxItems: 1_000 }),
  },
  closed,
)

const Mapping = Type.Object(
  {
    from: Type.Object({ scheme: text, codes: Type.Array(text, { minItems: 1 }) }, closed),
    to: Type.Object({ scheme: text, code: Type.Optional(text) }, closed),
    rule: Type.Enum(['same', 'equal', 'candidates', 'severity', 'never']),
    because: text,
  },
  closed,
)
const Mappings = Type.Object({ mappings: Type.Array(Mapping, { maxItems: 1_000 }) }, closed)

/** One scheme of categories. */
export type CategoryScheme = Static<typeof Scheme>
type MappingRule = Static<typeof Mapping>

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

  constructor(schemes: readonly CategoryScheme[], mappings: readonly MappingRule[]) {
    this.schemes = new Map(schemes.map((scheme) => [scheme.scheme, scheme]))
    this.mappings = mappings
  }

  /** The gravest meaning among some codes; undefined when none of them has one that is known. */
  meaningOf(categories: Categories): Meaning | undefined {
    const met = Object.entries(categories).flatMap(([scheme, codes]) =>
      (this.schemes.get(scheme)?.codes ?? []).filter(({ code }) => codes.includes(code)),
    )
    return MEANINGS.find((meaning) => met.some((code) => code.meaning === meaning))
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
  const schemes = files.filter((file) => basename(file) !== MAPPINGS).map((file) => checked(file, Scheme))
  const rules = files
    .filter((file) => basename(file) === MAPPINGS)
    .flatMap((file) => checked(file, Mappings).mappings)
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

function checked<T extends TSchema>(file: string, schema: T): Static<T> {
  const untrusted = parsed(file)
  if (Value.Check(schema, untrusted)) return untrusted as Static<T>
  const [first] = Value.Errors(schema, untrusted)
  throw new Fault(
    'config.invalid',
    `${file}: ${first?.instancePath || 'the file'} ${first?.message ?? 'is wrong'}`,
  )
}

function parsed(file: string): unknown {
  try {
    const content = readFileSync(file, 'utf8')
    if (content.length > FILE_LENGTH_MAX) throw new RangeError(`is longer than ${FILE_LENGTH_MAX} characters`)
    return parse(content, { strict: true, uniqueKeys: true, maxAliasCount: 0 })
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : 'unknown error'
    throw new Fault('config.invalid', `${file}: ${words}`, { cause })
  }
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
