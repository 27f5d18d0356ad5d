/** Decide: what stands of an item in the end becomes an entry of the organisation's own list, and corrects what was wrong. */
import { isUnderReview } from '#cases/voting'
import type { Signed } from '#store/append'
import { changeCaseItem } from '#store/case-items'
import { lockList } from '#store/changes'
import type { Transaction } from '#store/database'
import { entryWithKey } from '#store/entries'
import { feedBack } from '#store/feedback'
import { isGolden } from '#store/golden'
import { judge } from '#store/judgements'
import { createList } from '#store/lists'
import { applyStepsIn } from '#store/steps'
import type { Case, CaseItem, CaseKind, Decided, ItemHashes, Sample, ScreenMatch } from '#terms/casework'
import { Fault } from '#terms/fault'
import { md5, pdqHash, sha1, sha256 } from '#terms/hash'
import { type Categories, type EntryHashes, type EntryPut, entryKey } from '#terms/register'
import { type AssessDesk, NO_CATEGORY } from './desk.ts'
import { drawn } from './draw.ts'

/** Nothing of these becomes an entry by itself: a child's own picture is theirs, and a workplace hands over. */
const NEVER_ENTRIES: ReadonlySet<CaseKind> = new Set(['young-people', 'workplace'])
/** What the source of an entry that was wrong is told: by how many it was looked at, and no more. */
const DECIDED_OTHERWISE: Readonly<Record<Decided['how'], string>> = {
  known: 'decided otherwise',
  one: 'decided otherwise by one person',
  agreed: 'decided otherwise by people who agreed',
  adjudicated: 'decided otherwise where people had disagreed',
}
/** By these the file itself was meant; a picture that looks alike may be another. */
const SAME_BYTES = new Set<ScreenMatch['basis']>(['sha256', 'sha1', 'md5'])

/** Writes the decision on an item, and what follows. @param ended of a review by sample that led to it: no other is drawn */
export async function decideItem(
  tx: Transaction,
  desk: AssessDesk,
  subject: Case,
  item: CaseItem,
  decided: Pick<Decided, 'grades' | 'annotation' | 'how'>,
  signed: Signed,
  ended?: Sample,
): Promise<CaseItem> {
  const { grades, annotation, how } = decided
  const categories = categoriesOf(decided)
  const meaning = desk.vocabularies.meaningOf(categories)
  const golden = await isGolden(tx, item.id)
  const isEntry = meaning === 'alert' && !golden && !NEVER_ENTRIES.has(subject.kind)
  const entry = isEntry ? await entered(tx, desk, item, categories, signed) : undefined
  const sample = ended ?? (golden ? undefined : drawn(desk, item.id, how, signed.at))
  const also = { ...(entry && { entry }), ...(sample && { sample }) }
  const stands: Decided = { grades, annotation, how, at: signed.at.toISOString(), ...also }
  const body = {
    how,
    ...(sample && !ended && { sample: { ...sample } }),
    grades: grades.map((grade) => ({ ...grade })),
    ...(entry && { entry: entry.entry, list: entry.list }),
  }
  const after = await changeCaseItem(
    tx,
    item,
    { state: 'decided', decision: stands },
    { kind: 'case-item.decided', body },
    signed,
  )
  if (!golden && meaning !== 'alert') await disputeWrong(tx, item, how, signed)
  if (!isUnderReview(stands)) return after
  // It stands, with its entry, and waits for one more as what is graded once does.
  return changeCaseItem(tx, after, { state: 'voted' }, { kind: 'case-item.sampled', body: {} }, signed)
}

function categoriesOf({ grades }: Pick<Decided, 'grades'>): Categories {
  const real = grades.filter(({ category }) => category !== NO_CATEGORY)
  return Object.fromEntries(real.map(({ scheme, category }) => [scheme, [category]]))
}

/** Puts an item's hashes into the own list, which is made on first use. @returns where it lies; undefined where it has no hash */
async function entered(
  tx: Transaction,
  desk: AssessDesk,
  item: CaseItem,
  categories: Categories,
  signed: Signed,
): Promise<NonNullable<Decided['entry']> | undefined> {
  const hashes = hashesOf(item.hashes)
  const key = entryKey(hashes)
  if (key === undefined) return undefined
  const put: EntryPut = { ...hashes, key, trust: 'confirmed', categories, source: 'desk' }
  const list = await ownList(tx, desk, signed)
  await applyStepsIn(tx, list, [[{ kind: 'put', entry: put }]], { kind: 'edit', signed, because: item.id })
  const entry = await entryWithKey(tx, list.id, key)
  if (!entry) throw new Error(`the entry ${key} of ${item.id} was not written`)
  return { list: list.name, entry: entry.entry }
}

/** The hashes of an item as an entry carries them: of several PDQ hashes the one of the best quality. */
function hashesOf(given: ItemHashes): EntryHashes {
  const [best] = [...(given.pdq ?? [])].sort((one, other) => other.quality - one.quality)
  const [ofMd5, ofSha1] = [md5(given.md5 ?? ''), sha1(given.sha1 ?? '')]
  const [ofSha256, ofPdq] = [sha256(given.sha256 ?? ''), pdqHash(best?.hash ?? '')]
  return {
    ...(ofMd5 && { md5: ofMd5 }),
    ...(ofSha1 && { sha1: ofSha1 }),
    ...(ofSha256 && { sha256: ofSha256 }),
    ...(ofPdq && { pdq: ofPdq }),
  }
}

async function ownList(tx: Transaction, { ownList: name, publisher }: AssessDesk, signed: Signed) {
  return lockList(tx, name).catch(async (error: unknown) => {
    if (!(error instanceof Fault) || error.code !== 'register.unknown') throw error
    const terms = { kind: 'alert', publisher, terms: '', uses: ['gate', 'scan'], trust: 'confirmed' } as const
    await createList(tx, name, terms, signed)
    return lockList(tx, name)
  })
}

/** An entry that meant the very file, and was wrong, is disputed: here at once, and at its source. */
async function disputeWrong(
  tx: Transaction,
  { screening, id }: CaseItem,
  how: Decided['how'],
  signed: Signed,
): Promise<void> {
  const wrong = (screening?.matches ?? []).filter(({ basis }) => SAME_BYTES.has(basis))
  for (const entry of new Set(wrong.map((match) => match.entry))) {
    await judge(tx, entry, { trust: 'disputed', because: `the desk decided otherwise of ${id}` }, signed)
    await feedBack(tx, entry, { kind: 'dispute', because: DECIDED_OTHERWISE[how] }, signed)
  }
}
