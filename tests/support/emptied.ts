/** Emptied: a database of a test made like the template again, which costs less than to clone it anew. */
import pg from 'pg'

/** What a database has that is just migrated. */
export interface Pristine {
  /** Tables, columns, triggers, functions and settings in one digest. */
  readonly shape: string
  /** The rows of the tables that have any, as JSON, by table. */
  readonly rows: Readonly<Record<string, string>>
}

/** One that grew beyond this is not worth the emptying, nor slow by its dead rows. */
const BYTES_MAX = 24_000_000

const OWN = "(SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')"
const SHAPE = `SELECT md5(concat_ws(E'\\n',
  (SELECT string_agg(nspname, ',' ORDER BY nspname) FROM pg_namespace WHERE nspname !~ '^pg_(temp|toast_temp)'),
  (SELECT string_agg(concat_ws(' ', relname, relkind, relnatts, relchecks, relrowsecurity), ',' ORDER BY oid)
     FROM pg_class WHERE relnamespace IN ${OWN}),
  (SELECT string_agg(concat_ws(' ', attrelid, attname, atttypid, atttypmod, attnotnull, atthasdef, attidentity), ','
                     ORDER BY attrelid, attnum)
     FROM pg_attribute
    WHERE attnum > 0 AND attrelid IN (SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace IN ${OWN})),
  (SELECT string_agg(concat_ws(' ', tgrelid, tgname, tgenabled), ',' ORDER BY oid) FROM pg_trigger),
  (SELECT string_agg(concat_ws(' ', conrelid, conname, contype, convalidated, conkey), ',' ORDER BY oid)
     FROM pg_constraint WHERE connamespace IN ${OWN}),
  (SELECT string_agg(proname || prosrc, ',' ORDER BY oid) FROM pg_proc WHERE pronamespace IN ${OWN}),
  (SELECT count(*) FROM pg_largeobject_metadata),
  (SELECT string_agg(setconfig::text, ',') FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase
    WHERE datname = current_database())
)) AS shape`

/** Whether a table has rows, as XML, since that lets one statement ask it of tables that it does not name. */
const HAS = "query_to_xml(format('SELECT EXISTS (SELECT FROM %I) AS has', relname), false, true, '')"
const TABLES = `SELECT relname AS name, (xpath('/row/has/text()', ${HAS}))[1]::text = 'true' AS has
  FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`

/** What the database that is open has, for `emptied` to hold others against. */
export async function pristineOf(client: pg.Client): Promise<Pristine> {
  const rows: Record<string, string> = {}
  for (const name of await filled(client)) {
    const read = await client.query<{ rows: string }>(`SELECT jsonb_agg(t)::text AS rows FROM "${name}" t`)
    rows[name] = read.rows[0]?.rows ?? '[]'
  }
  return { shape: await shapeOf(client), rows }
}

/** Puts a database back to what `pristine` has. @returns false where it is gone, or its tables are others: it is to be dropped */
export async function emptied(config: pg.ClientConfig, pristine: Pristine): Promise<boolean> {
  const client = new pg.Client(config)
  client.on('error', () => {}) // what breaks later is said by the statement under way
  try {
    await client.connect()
    await withoutOthers(client)
    const { rows } = await client.query<{ bytes: number }>(
      'SELECT pg_database_size(current_database())::float AS bytes',
    )
    if ((rows[0]?.bytes ?? 0) > BYTES_MAX || (await shapeOf(client)) !== pristine.shape) return false
    await refill(client, pristine)
    return true
  } catch (error) {
    if (error instanceof pg.DatabaseError || (error as NodeJS.ErrnoException).code !== undefined) return false
    throw error
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Ends all other connections, and waits until they are gone. */
async function withoutOthers(client: pg.Client): Promise<void> {
  for (;;) {
    const { rowCount } = await client.query(
      `SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    )
    if (rowCount === 0) return
  }
}

/** Deletes every row, heeding neither triggers nor references; puts back those of the template; counters begin anew. */
async function refill(client: pg.Client, pristine: Pristine): Promise<void> {
  await client.query('BEGIN')
  await client.query('SET LOCAL session_replication_role = replica')
  for (const name of await filled(client)) await client.query(`DELETE FROM "${name}"`)
  for (const [name, rows] of Object.entries(pristine.rows))
    await client.query(
      `INSERT INTO "${name}" OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_recordset(NULL::"${name}", $1)`,
      [rows],
    )
  await client.query(
    `SELECT setval(format('%I', sequencename)::regclass, start_value, false) FROM pg_sequences
      WHERE schemaname = 'public' AND last_value IS NOT NULL`,
  )
  await client.query('COMMIT')
}

async function filled(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; has: boolean }>(TABLES)
  return rows.filter(({ has }) => has).map(({ name }) => name)
}

async function shapeOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ shape: string }>(SHAPE)
  return rows[0]?.shape ?? ''
}
