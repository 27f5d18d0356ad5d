import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readVocabularies } from '#lists/vocabularies'
import { testFolder } from './folder.ts'

const path = testFolder()
const SCHEME = 'version: x\ntitle: x\nkind: category\nchoose: one\nsource: x\n'

function folder(files: Readonly<Record<string, string>>): string {
  const made = mkdtempSync(path('own-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(made, name), text)
  return made
}

describe('the vocabularies that come with Tutela', () => {
  const vocabularies = readVocabularies()

  it('are every scheme whose codes are public, each code once', () => {
    expect([...vocabularies.schemes.keys()]).toEqual(
      expect.arrayContaining([
        'ncmec-industry',
        'ncmec-file-annotation',
        'ncmec-report-annotation',
        'ncmec-incident-type',
        'uk-sentencing',
        'uk-sap',
        'copine',
        'interpol-baseline',
        'iwf-age-band',
        'vics-us',
        'vics-uk',
        'vics-ca',
        'c3p-shield',
        'xarf-csam',
        'xarf-csem',
        'inhope-ucs',
        'stopncii-status',
        'threatexchange-status',
      ]),
    )
    for (const { scheme, codes } of vocabularies.schemes.values())
      expect(new Set(codes.map(({ code }) => code)).size, scheme).toBe(codes.length)
    expect(vocabularies.schemes.get('vics-uk')?.verify).toContain('your force')
    expect(vocabularies.schemes.get('vics-ca')?.codes).toEqual([])
  })

  it('spell the incident types as the partner does', () => {
    const codes = vocabularies.schemes.get('ncmec-incident-type')?.codes.map(({ code }) => code)
    expect(codes).toContain('Online Enticement of Children for Sexual Acts')
    expect(codes?.[0]).toMatch(/^Child P.{9}y \(possession, manufacture, and distribution\)$/)
  })

  it('take the gravest of several codes for what they mean, and unknown ones for nothing', () => {
    expect(vocabularies.meaningOf({ 'vics-us': ['0'] })).toBe('ignore')
    expect(vocabularies.meaningOf({ 'vics-us': ['0', '3'] })).toBe('review')
    expect(vocabularies.meaningOf({ 'vics-us': ['0', '1'] })).toBe('alert')
    expect(vocabularies.meaningOf({ 'vics-us': ['0'], 'ncmec-industry': ['A1'] })).toBe('alert')
    expect(vocabularies.meaningOf({ 'vics-us': ['77'], 'vics-ca': ['0'], other: ['1'] })).toBeUndefined()
  })

  it('lead from one scheme to another only where a mapping says so, and only in its direction', () => {
    expect(vocabularies.mapped('ncmec-industry', 'B2', 'xarf-csam')).toMatchObject({
      kind: 'code',
      code: 'B2',
    })
    expect(vocabularies.mapped('xarf-csam', 'B2', 'ncmec-industry')).toMatchObject({ kind: 'none' })
    expect(vocabularies.mapped('interpol-baseline', 'true', 'xarf-csam')).toMatchObject({ code: 'baseline' })
    expect(vocabularies.mapped('ncmec-industry', 'A1', 'interpol-baseline')).toMatchObject({ kind: 'person' })
    expect(vocabularies.mapped('ncmec-industry', 'B1', 'interpol-baseline')).toMatchObject({ kind: 'none' })
    expect(vocabularies.mapped('uk-sentencing', 'A', 'ncmec-industry')).toEqual({
      kind: 'none',
      because: 'one grades the act, the other the age and the act',
    })
    expect(vocabularies.mapped('vics-uk', '1', 'uk-sentencing')).toMatchObject({
      kind: 'person',
      candidate: 'A',
    })
    expect(vocabularies.mapped('c3p-shield', 'csam', 'ncmec-industry')).toMatchObject({ kind: 'none' })
  })
})

describe('vocabularies of an operator', () => {
  it('take the place of shipped ones, and are refused for a field, a rule or a code that is not known', () => {
    const own = readVocabularies(
      folder({
        'uk.yaml': `scheme: vics-uk\n${SCHEME}codes:\n  - { code: '9', title: checked, meaning: ignore }\n`,
      }),
    )
    const refused =
      (text: string, name = 'x.yaml') =>
      () =>
        readVocabularies(folder({ [name]: text }))
    expect(own.mapped('ncmec-industry', 'A1', 'xarf-csam')).toMatchObject({ kind: 'code' })
    expect(own.meaningOf({ 'vics-uk': ['9'] })).toBe('ignore')
    expect(refused(`scheme: x\n${SCHEME}codes: []\ncolour: red\n`)).toThrow('x.yaml')
    expect(refused(`scheme: X!\n${SCHEME}codes: []\n`)).toThrow('x.yaml')
    expect(refused(`scheme: x\n${SCHEME}codes: [{ code: 1, title: t }]\n`)).toThrow('x.yaml')
    expect(refused(`scheme: x\nscheme: y\n${SCHEME}codes: []\n`)).toThrow('x.yaml')
    const rule = (from: string, to: string): string =>
      `mappings: [{ from: { scheme: ${from} }, to: { scheme: ${to} }, rule: equal, because: x }]\n`
    expect(refused(rule('vics-us, codes: [nine]', 'xarf-csam, code: A1'), 'mappings.yaml')).toThrow(
      'no scheme has vics-us nine',
    )
    expect(refused(rule("vics-us, codes: ['1']", 'xarf-csam, code: A9'), 'mappings.yaml')).toThrow(
      'no scheme has xarf-csam A9',
    )
    expect(() => readVocabularies(path('absent'))).toThrow('cannot be read')
  })

  it('come with every installation', () => {
    const { files } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      files: string[]
    }
    expect(files).toContain('vocabularies')
  })
})
