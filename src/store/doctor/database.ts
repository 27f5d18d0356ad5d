/** Database: a look at the database itself: its settings, form, clock, and whether what is in it is in order. */
import { checkLeaves } from '../backup/leaves.ts'
import { refuseUnfinished } from '../backup/unfinished.ts'
import type { Database } from '../database.ts'
import { heldLocks } from '../lock.ts'
import { SCHEMA_VERSION, schemaVersion } from '../migrate.ts'
import { type Finding, looked, ok, warn, wrong } from './finding.ts'

const CLOCK_SECONDS_MAX = 5
const IDLE_HOURS_MAX = 1
const FAILURES_MAX = 3
const RESTORE = 'keep it as it is, and restore the last backup elsewhere with "tutela restore"'

/** Looks at an open database, whichever it is. */
export async function* examineDatabase(database: Database, now: () => Date): AsyncIterable<Finding> {
  yield await looked('settings', () => settings(database))
  yield await looked('pages', () => pages(database))
  yield await looked('form', () => form(database))
  yield await looked('clock', () => clock(database, now))
  yield await looked('locks', () => locks(database))
  yield await looked('transactions', () => transactions(database))
  if ((await schemaVersion(database)) !== SCHEMA_VERSION) return
  yield await looked('events', () => database.transaction((tx) => events(tx)))
  yield* await sources(database)
}

async function settings(database: Database): Promise<Finding> {
  const { rows } = await database.query<{ name: string; setting: string }>(
    `SELECT name, setting FROM pg_settings
      WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off'`,
  )
  const { rows: about } = await database.query<{ version: string; size: string }>(
    `SELECT current_setting('server_version') AS version, pg_size_pretty(pg_database_size(current_database())) AS size`,
  )
  const off = rows.map(({ name }) => name).join(', ')
  const mend = `set ${off} to on: what was acknowledged is lost with the power otherwise`
  if (off !== '') return wrong('settings', `${off} is off`, mend)
  return ok('settings', `PostgreSQL ${about[0]?.version}, ${about[0]?.size}, all forced to the disk`)
}

async function pages(database: Database): Promise<Finding> {
  const { rows } = await database.query<{ checksums: string; failures: string | null }>(
    `SELECT current_setting('data_checksums') AS checksums,
            (SELECT sum(checksum_failures) FROM pg_stat_database) AS failures`,
  )
  const failures = Number(rows[0]?.failures ?? 0)
  if (failures > 0) return wrong('pages', `${failures} pages were not as they had been written`, RESTORE)
  if (rows[0]?.checksums === 'on') return ok('pages', 'with checksums, none of which failed')
  return warn(
    'pages',
    'without checksums: a disk that errs is not noticed',
    'pg_checksums --enable, while it is stopped',
  )
}

async function form(database: Database): Promise<Finding> {
  await refuseUnfinished(database, 'this database')
  const version = await schemaVersion(database)
  if (version === SCHEMA_VERSION) return ok('form', `${version}, as this program knows it`)
  const says = `${version}, and this program knows ${SCHEMA_VERSION}`
  if (version > SCHEMA_VERSION)
    return wrong('form', says, 'update this program: a newer one wrote the database')
  return wrong('form', says, 'run "tutela init"')
}

async function clock(database: Database, now: () => Date): Promise<Finding> {
  const { rows } = await database.query<{ at: Date }>('SELECT clock_timestamp() AS at')
  const seconds = Math.abs((rows[0]?.at.getTime() ?? 0) - now().getTime()) / 1000
  const says = `${seconds.toFixed(1)} s from the database's`
  return seconds <= CLOCK_SECONDS_MAX
    ? ok('clock', says)
    : wrong('clock', says, 'set both clocks by NTP: events carry the time')
}

async function locks(database: Database): Promise<Finding> {
  const held = await heldLocks(database)
  return ok('locks', held.length === 0 ? 'none held: no service runs' : `held: ${held.join(', ')}`)
}

async function transactions(database: Database): Promise<Finding> {
  const { rows } = await database.query<{ pid: number; name: string }>(
    `SELECT pid, application_name AS name FROM pg_stat_activity
      WHERE datname = current_database() AND xact_start < clock_timestamp() - make_interval(hours => $1)`,
    [IDLE_HOURS_MAX],
  )
  const [oldest] = rows
  if (!oldest) return ok('transactions', 'none is old')
  const says = `connection ${oldest.pid} (${oldest.name}) has had one open for more than an hour: nothing is tidied up meanwhile`
  return warn('transactions', says, 'end that command, unless it is a large import or a backup')
}

async function events(session: Parameters<typeof checkLeaves>[0]): Promise<Finding> {
  return ok('events', `${await checkLeaves(session)}, each with the leaf that is its own`)
}

async function sources(database: Database): Promise<Finding[]> {
  const { rows } = await database.query<{ name: string; says: string; held: boolean; failures: number }>(
    `SELECT name, held IS NOT NULL AS held, failures,
            coalesce('last fetched ' || to_char(succeeded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI"Z"'), 'never fetched')
              || coalesce(', then: ' || failed_because, '') AS says
       FROM source WHERE enabled AND definition IS NOT NULL ORDER BY name`,
  )
  return rows.map(({ name, says, held, failures }) => {
    const check = `source ${name}`
    if (held) return warn(check, `${says}; its last change is held`, `look at it: tutela source show ${name}`)
    if (failures === 0) return ok(check, says)
    const mend = `tutela source show ${name} says more; it is tried again by schedule`
    return failures < FAILURES_MAX ? warn(check, says, mend) : wrong(check, says, mend)
  })
}
