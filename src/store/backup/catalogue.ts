/** Catalogue: the tables and sequences that a database has, as the database itself lists them. */
import { Fault } from '#terms/fault'
import type { Session } from '../database.ts'
import type { BackupSequence } from './manifest.ts'

export interface Table {
  readonly name: string
  /** Columns in order, without those that are computed. */
  readonly columns: readonly string[]
}

/** The tables of the schema, each behind those that it refers to. */
export async function tablesOf(session: Session): Promise<Table[]> {
  const { rows } = await session.query<{ name: string; columns: string[]; refers: string[] }>(
    `SELECT c.relname AS name,
            ARRAY(SELECT attname::text FROM pg_attribute
                   WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
                   ORDER BY attnum) AS columns,
            ARRAY(SELECT DISTINCT other.relname::text FROM pg_constraint k JOIN pg_class other ON other.oid = k.confrelid
                   WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.confrelid <> c.oid) AS refers
       FROM pg_class c
      WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
      ORDER BY c.relname`,
  )
  const inOrder: Table[] = []
  const waiting = new Map(rows.map((row) => [row.name, row]))
  while (waiting.size > 0) {
    const ready = [...waiting.values()].filter(({ refers }) => refers.every((name) => !waiting.has(name)))
    if (ready.length === 0)
      throw new Fault('store.damaged', `tables refer to each other: ${[...waiting.keys()]}`)
    for (const { name, columns } of ready) {
      inOrder.push({ name, columns })
      waiting.delete(name)
    }
  }
  return inOrder
}

/** The sequences of the schema with where they stand, also those of identity columns. */
export async function sequencesOf(session: Session): Promise<BackupSequence[]> {
  const { rows } = await session.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
      WHERE relnamespace = current_schema()::regnamespace AND relkind = 'S' ORDER BY relname`,
  )
  const sequences: BackupSequence[] = []
  for (const { name } of rows) {
    const stands = await session.query<{ value: string; called: boolean }>(
      `SELECT last_value::text AS value, is_called AS called FROM ${quoted(name)}`,
    )
    const [row] = stands.rows
    if (row) sequences.push({ name, value: row.value, isCalled: row.called })
  }
  return sequences
}

/** A name as it stands in a statement. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
