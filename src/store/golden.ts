/** Golden: generated pictures whose right answer is known: made in sets, mixed in, told to whoever graded; never entries. */
import type { Annotation, CaseItem, CaseItemId, Grade } from '#terms/casework'
import type { Canonical } from '#terms/event'
import type { ItemId } from '#terms/evidence'
import { Fault } from '#terms/fault'
import { append, type Signed } from './append.ts'
import { changeCaseItem } from './case-items.ts'
import type { Session, Transaction } from './database.ts'
import { textDigest } from './text-digest.ts'

/** A golden set, `g-` and sixteen characters: so many generated scenes of one seed. */
export interface GoldenSet {
  readonly id: `g-${string}`
  readonly scheme: string
  readonly seed: number
  readonly pictures: number
  /** How many were mixed in by now. */
  readonly brought: number
  readonly madeAt: string
  readonly madeBy: string
  readonly version: number
}

/** A picture of a set: its scene, the digest of its file, and what it is labelled as. */
export interface GoldenPicture {
  readonly sha256: string
  readonly scene: number
  readonly grades: readonly Grade[]
  readonly annotation: Annotation
}

/** What a golden picture is labelled as. */
export type GoldenAnswer = Pick<GoldenPicture, 'grades' | 'annotation'>

interface SetRow {
  readonly id: GoldenSet['id']
  readonly scheme: string
  readonly seed: number
  readonly pictures: number
  readonly brought: number
  readonly made_at: Date
  readonly made_by: string
  readonly version: number
}

const SET_COLUMNS = `id, scheme, seed, pictures, made_at, made_by, version,
  (SELECT count(*)::int FROM golden_picture WHERE golden_picture.golden_set = golden_set.id
     AND brought_at IS NOT NULL) AS brought`

function goldenStream(id: string): string {
  return `golden:${id}`
}

/** Writes down a set. @throws Fault `store.exists` where one of its pictures is in a set already */
export async function addGoldenSet(
  tx: Transaction,
  given: Pick<GoldenSet, 'id' | 'scheme' | 'seed'> & { readonly pictures: readonly GoldenPicture[] },
  signed: Signed,
): Promise<GoldenSet> {
  const { id, scheme, seed, pictures } = given
  await tx.query(
    `INSERT INTO golden_set (id, scheme, seed, pictures, made_at, made_by, version) VALUES ($1, $2, $3, $4, $5, $6, 1)`,
    [id, scheme, seed, pictures.length, signed.at, signed.actor],
  )
  const { rowCount } = await tx.query(
    `INSERT INTO golden_picture (sha256, golden_set, scene, grades, annotation)
     SELECT decode(one->>'sha256', 'hex'), $1, (one->>'scene')::int, one->'grades', one->'annotation'
       FROM jsonb_array_elements($2::jsonb) AS one ON CONFLICT (sha256) DO NOTHING`,
    [id, JSON.stringify(pictures)],
  )
  if (rowCount !== pictures.length)
    throw new Fault('store.exists', `a golden set of the seed ${seed} with such pictures is there already`)
  const body = { scheme, seed, pictures: pictures.length }
  await append(tx, goldenStream(id), 0, [{ kind: 'golden.made', body }], signed)
  return goldenSetNamed(tx, id)
}

/** A golden set. @throws Fault `evidence.unknown` */
export async function goldenSetNamed(session: Session, id: string): Promise<GoldenSet> {
  const { rows } = await session.query<SetRow>(`SELECT ${SET_COLUMNS} FROM golden_set WHERE id = $1`, [id])
  const [row] = rows
  if (!row) throw new Fault('evidence.unknown', `there is no golden set ${id}`)
  return setOf(row)
}

/** Every golden set, the latest first. */
export async function goldenSets(session: Session): Promise<GoldenSet[]> {
  const { rows } = await session.query<SetRow>(
    `SELECT ${SET_COLUMNS} FROM golden_set ORDER BY made_at DESC, id`,
  )
  return rows.map(setOf)
}

/** The next picture to be mixed in, of the oldest set that has one left; and when the last was. */
export async function nextGolden(
  session: Session,
): Promise<{ readonly next?: GoldenPicture & { readonly set: GoldenSet['id'] }; readonly lastAt?: Date }> {
  const last = await session.query<{ at: Date | null }>('SELECT max(brought_at) AS at FROM golden_picture')
  const { rows } = await session.query<{
    sha256: Buffer
    scene: number
    grades: readonly Grade[]
    annotation: Annotation
    id: GoldenSet['id']
  }>(
    `SELECT sha256, scene, grades, annotation, golden_set.id FROM golden_picture
       JOIN golden_set ON golden_set.id = golden_picture.golden_set
      WHERE brought_at IS NULL ORDER BY made_at, golden_set.id, scene LIMIT 1`,
  )
  const [row] = rows
  const lastAt = last.rows[0]?.at
  return {
    ...(lastAt && { lastAt }),
    ...(row && {
      next: {
        ...{ sha256: row.sha256.toString('hex'), scene: row.scene, grades: row.grades },
        ...{ annotation: row.annotation, set: row.id },
      },
    }),
  }
}

/** Writes down that a picture was mixed in, as which item. @returns false where it was before */
export async function goldenBrought(
  tx: Transaction,
  { set, sha256, scene }: { readonly set: GoldenSet['id']; readonly sha256: string; readonly scene: number },
  item: CaseItemId,
  signed: Signed,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `UPDATE golden_picture SET case_item = $2, brought_at = $3 WHERE sha256 = $1 AND brought_at IS NULL`,
    [Buffer.from(sha256, 'hex'), item, signed.at],
  )
  if (rowCount === 0) return false
  const { rows } = await tx.query<{ version: number }>(
    'UPDATE golden_set SET version = version + 1 WHERE id = $1 RETURNING version - 1 AS version',
    [set],
  )
  const event = { kind: 'golden.brought', body: { scene, item } }
  await append(tx, goldenStream(set), rows[0]?.version ?? 0, [event], signed)
  return true
}

/**
 * Makes an item one whose right answer is known. It must be a picture of a set, by its digest, or lie in a demonstration.
 *
 * @throws Fault `evidence.refused` for anything else: nothing real is ever golden
 */
export async function addGolden(
  tx: Transaction,
  item: CaseItem,
  { grades, annotation }: GoldenAnswer,
  signed: Signed,
): Promise<void> {
  const { rows } = await tx.query<{ generated: boolean }>(
    `SELECT EXISTS (SELECT FROM golden_picture WHERE sha256 = $1)
         OR EXISTS (SELECT FROM deployment WHERE is_demonstration) AS generated`,
    [Buffer.from(item.hashes.sha256 ?? '', 'hex')],
  )
  if (rows[0]?.generated !== true)
    throw new Fault('evidence.refused', `${item.id} is no generated picture of a set: it is not made golden`)
  const answer = { grades: JSON.stringify(grades), annotation: JSON.stringify(annotation) }
  await tx.query('INSERT INTO golden_item (case_item, grades, annotation) VALUES ($1, $2, $3)', [
    item.id,
    answer.grades,
    answer.annotation,
  ])
  const body = { answerSha256: textDigest(tx, `${answer.grades}\n${answer.annotation}`) }
  await changeCaseItem(tx, item, {}, { kind: 'case-item.golden', body }, signed)
}

/** True of an item whose right answer is known: by its mark, and by its digest, whoever reports it and how often. */
export async function isGolden(session: Session, item: CaseItemId): Promise<boolean> {
  const { rows } = await session.query<{ golden: boolean }>(
    `SELECT EXISTS (SELECT FROM golden_item WHERE case_item = $1) OR EXISTS (
       SELECT FROM case_item JOIN golden_picture USING (sha256) WHERE case_item.id = $1) AS golden`,
    [item],
  )
  return rows[0]?.golden === true
}

/** What golden pictures among some items are labelled as. */
export async function goldenAnswers(
  session: Session,
  items: readonly CaseItemId[],
): Promise<(GoldenAnswer & { readonly item: CaseItemId })[]> {
  const { rows } = await session.query<GoldenAnswer & { readonly item: CaseItemId }>(
    'SELECT case_item AS item, grades, annotation FROM golden_item WHERE case_item = ANY($1) ORDER BY case_item',
    [items],
  )
  return rows
}

/** Of some sealed items those that are golden. */
export async function goldenAmong(session: Session, items: readonly ItemId[]): Promise<ItemId[]> {
  const { rows } = await session.query<{ item: ItemId }>(
    `SELECT DISTINCT item FROM case_item
      WHERE item = ANY($1) AND (EXISTS (SELECT FROM golden_item WHERE golden_item.case_item = case_item.id)
        OR EXISTS (SELECT FROM golden_picture WHERE golden_picture.sha256 = case_item.sha256)) ORDER BY item`,
    [items],
  )
  return rows.map(({ item }) => item)
}

/** A set as its events tell it. @throws Fault `evidence.unknown` */
export async function goldenState(session: Session, id: string): Promise<Record<string, Canonical>> {
  const { scheme, seed, pictures, brought, madeAt, madeBy, version } = await goldenSetNamed(session, id)
  return { scheme, seed, pictures, brought, madeAt, madeBy, version }
}

function setOf({ made_at, made_by, ...row }: SetRow): GoldenSet {
  return { ...row, madeAt: made_at.toISOString(), madeBy: made_by }
}
