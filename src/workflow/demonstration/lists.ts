/**
 * Lists: what is known in the demonstration before its first report: lists of another hotline, of an exchange, of harmless
 * files.
 */
import type { Signed } from '#store/append'
import type { Database } from '#store/database'
import { createList } from '#store/lists'
import { applySteps } from '#store/steps'
import type { Categories, EntryStep, ListTerms, Trust } from '#terms/register'
import type { Pictures } from './pictures.ts'
import { type Label, LISTED, labelOf } from './plots.ts'

interface DemonstrationList {
  readonly name: string
  readonly terms: ListTerms
  readonly scenes: readonly number[]
  readonly categoriesOf: (label: Label) => Categories
}

const INDUSTRY: Readonly<Record<Label, string>> = { A: 'A1', B: 'A2', C: 'B2', none: '' }

const LISTS: readonly DemonstrationList[] = [
  {
    ...{ name: 'demonstration-hotline', scenes: LISTED.hotline },
    terms: termsOf('alert', 'Another hotline (demonstration)', 'confirmed', 'uk-sentencing'),
    categoriesOf: (label) => ({ 'uk-sentencing': [label] }),
  },
  {
    ...{ name: 'demonstration-exchange', scenes: LISTED.exchange },
    terms: termsOf('alert', 'Members of an exchange (demonstration)', 'reported', 'ncmec-industry'),
    categoriesOf: (label) => ({ 'ncmec-industry': [INDUSTRY[label]] }),
  },
  {
    ...{ name: 'demonstration-harmless', scenes: LISTED.harmless },
    terms: termsOf('known-good', 'Files of an operating system (demonstration)', 'confirmed'),
    categoriesOf: () => ({}),
  },
]

function termsOf(kind: ListTerms['kind'], publisher: string, trust: Trust, scheme?: string): ListTerms {
  const terms = 'Generated for the demonstration.'
  return { kind, publisher, terms, trust, uses: ['gate', 'scan'], ...(scheme !== undefined && { scheme }) }
}

/** Makes the lists with their entries. @returns how many entries */
export async function makeLists(database: Database, pictures: Pictures, signed: Signed): Promise<number> {
  let entries = 0
  for (const { name, terms, scenes, categoriesOf } of LISTS) {
    const steps = await Promise.all(
      scenes.map(async (scene): Promise<EntryStep> => {
        const label = labelOf(scene)
        const words = { label: `generated scene ${scene}`, source: 'demonstration' }
        const hashes = await pictures.hashes({ scene, label })
        return { kind: 'put', entry: { ...hashes, categories: categoriesOf(label), ...words } }
      }),
    )
    await database.transaction((tx) => createList(tx, name, terms, signed))
    await applySteps(database, name, [steps], { kind: 'import', whole: true, signed })
    entries += steps.length
  }
  return entries
}
