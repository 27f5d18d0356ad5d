/** Pictures: what a model says of a case's pictures, each read on record. It orders and warns, and is never a finding. */
import { pointsOfCase, weighed } from '#cases/weighed'
import { VERSION } from '#ground/version'
import type { Decoders } from '#media/decoders'
import { DEFAULT_LIMITS } from '#media/limits'
import type { OpenPrioritiser } from '#prioritiser/prioritiser'
import { changeCaseItem, itemsInCase, lockCaseItem } from '#store/case-items'
import { lockCase } from '#store/cases'
import type { Database } from '#store/database'
import { vaultContents } from '#store/items-in-cases'
import { endOpening, openAtOnce } from '#store/openings'
import type { CaseItem, Classified } from '#terms/casework'
import type { ItemId } from '#terms/evidence'
import { Fault } from '#terms/fault'
import type { OutputCounted } from '#terms/prioritiser'
import type { EvidenceDesk } from '../evidence/desk.ts'
import type { Prioritiser } from './prioritise.ts'

/** What a model is asked with. */
export interface PictureDesk {
  readonly database: Database
  readonly evidence: Pick<EvidenceDesk, 'vault'>
  readonly draw: Decoders['draw']
  readonly model: Pick<OpenPrioritiser, 'name' | 'size' | 'isResting' | 'scores'>
  /** What the model's scores count for. */
  readonly outputs: readonly OutputCounted[]
  now(): Date
}

/** Pictures of one case that are looked at, one of each stack. */
const PICTURES_MAX = 40
const ITEMS_MAX = 5000
const BOX_SECONDS = 600
const OPEN: ReadonlySet<CaseItem['state']> = new Set(['near', 'none', 'unknown'])

/** A prioritiser that looks at pictures: a case gets the points of its highest. */
export function picturePrioritiser(desk: PictureDesk): Prioritiser {
  const { model, evidence } = desk
  return {
    name: model.name,
    get isResting() {
      return model.isResting || evidence.vault.keyring.isLocked
    },
    points: async (outlined, stop) => {
      const items = await itemsInCase(desk.database, outlined.case, ITEMS_MAX)
      const said = items.flatMap(({ screening }) => screening?.classified ?? [])
      for (const item of await unsaid(desk, items)) {
        const one = await classified(desk, item, stop)
        await keep(desk, item, one)
        said.push(one)
      }
      return pointsOfCase(said)
    },
  }
}

type Picture = CaseItem & { readonly item: ItemId; readonly sizeBytes: number }

/** The first picture of each stack of which nothing was said yet. */
async function unsaid({ database }: PictureDesk, items: readonly CaseItem[]): Promise<Picture[]> {
  const stacks = new Set(items.filter(({ screening }) => screening?.classified).map(({ stack }) => stack))
  const contents = await vaultContents(
    database,
    items.flatMap(({ item }) => item ?? []),
  )
  const pictures: Picture[] = []
  for (const one of items) {
    const { item, screening, state, stack } = one
    const content = item && contents.get(item)
    if (!item || !content?.mediaType.startsWith('image/') || !screening || !OPEN.has(state)) continue
    if (stacks.has(stack) || pictures.length === PICTURES_MAX) continue
    stacks.add(stack)
    pictures.push({ ...one, item, sizeBytes: content.sizeBytes })
  }
  return pictures
}

/** Of the vault's faults those that are about this item alone, and stay. */
const ITEM_FAULTS: Readonly<Record<string, string>> = {
  'vault.key-lost': 'damaged',
  'vault.damaged': 'damaged',
  'evidence.refused': 'destroyed',
}

/** @throws Fault where the model, the vault or the service is not there; nothing is known of the picture then */
async function classified(desk: PictureDesk, picture: Picture, stop: AbortSignal): Promise<Classified> {
  const { model, outputs } = desk
  const said = await saidOf(desk, picture, stop)
  if (stop.aborted) throw new Fault('server.stopping', 'the service stops')
  const about = { by: model.name, at: desk.now().toISOString() }
  return typeof said === 'string'
    ? { ...about, warnings: [], because: said }
    : { ...about, ...weighed(said, outputs) }
}

/** Scores, or why there are none. */
async function saidOf(
  desk: PictureDesk,
  { item, sizeBytes }: Picture,
  stop: AbortSignal,
): Promise<readonly number[] | string> {
  if (sizeBytes > DEFAULT_LIMITS.bytesMax) return 'too-large'
  if (stop.aborted) throw new Fault('server.stopping', 'the service stops')
  try {
    return await openedFor(desk, item)
  } catch (error) {
    const because = error instanceof Fault ? ITEM_FAULTS[error.code] : undefined
    if (because === undefined) throw error
    return because
  }
}

/** Written down before a byte is read: bytes reach the decoders' child alone, its pixels the model's. */
async function openedFor(desk: PictureDesk, item: ItemId): Promise<readonly number[] | string> {
  const { database, evidence, draw, model } = desk
  const at = desk.now()
  const opening = await openAtOnce(
    {
      ...{ kind: 'processing', item, person: 'tutela', purpose: 'screen', job: 'prioritising' },
      ...{ boxSeconds: BOX_SECONDS, versions: { tutela: VERSION, prioritiser: model.name } },
    },
    (open) => database.transaction((tx) => open(tx, { at: at.toISOString() })),
  )
  let ending: 'complete' | 'failed' = 'failed'
  try {
    const opened = await evidence.vault.open(opening, desk.now())
    const bytes = await gathered(opened)
    const drawn = await draw(bytes, model.size).finally(() => bytes.fill(0))
    if (drawn.kind === 'unknown') {
      ending = 'complete'
      return drawn.because
    }
    const said = await model.scores(drawn.pixels).finally(() => drawn.pixels.fill(0))
    ending = 'complete'
    return said.kind === 'scores' ? said.scores : said.because
  } finally {
    await endOpening(database, opening.id, { ending }, desk.now())
  }
}

async function gathered(opened: {
  readonly sizeBytes: number
  bytes(): AsyncIterable<Uint8Array>
}): Promise<Buffer> {
  const bytes = Buffer.alloc(opened.sizeBytes)
  let at = 0
  for await (const piece of opened.bytes()) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

/** Beside what was found of the item; where somebody was quicker nothing is written. */
async function keep(desk: PictureDesk, { id, caseNumber }: CaseItem, said: Classified): Promise<void> {
  await desk.database.transaction(async (tx) => {
    const one = await lockCase(tx, caseNumber)
    const item = await lockCaseItem(tx, id)
    if (one.state === 'closed' || !item.screening || item.screening.classified) return
    const screening = { ...item.screening, classified: said }
    const { points, warnings } = said
    const body = { warnings, ...(points !== undefined && { points }) }
    const event = { kind: 'case-item.classified', body }
    await changeCaseItem(tx, item, { screening }, event, { actor: 'tutela', at: desk.now() })
  })
}
