/** Settings: what the embedded server runs with; its configuration file is not used. */
import { statfs } from 'node:fs/promises'
import { totalmem } from 'node:os'
import type { Place } from './place.ts'
import { PORT } from './place.ts'

const MIB = 1 << 20
const BUFFERS_MIB = { least: 64, most: 1024 }
/** Below this the shared memory of a container is too small for the server's segments. */
const SHARED_MEMORY_BYTES_MIN = 256 * MIB
const CONNECTIONS_MAX = 100

/** Log files in the log's folder; older ones are removed. */
export const LOG_NAME = /^postgres-\d{8}-\d{6}\.log$/
const LOG_NAME_PATTERN = 'postgres-%Y%m%d-%H%M%S.log'

/** @returns the settings by name; lengths of time and memory in PostgreSQL's own units */
export async function serverSettings(place: Place): Promise<Record<string, string>> {
  return { ...reached(place), ...durable, ...(await memory()), ...logged(place), ...steady }
}

function reached(place: Place): Record<string, string> {
  return {
    listen_addresses: '',
    unix_socket_directories: place.socket,
    unix_socket_permissions: '0700',
    port: String(PORT),
    max_connections: String(CONNECTIONS_MAX),
    password_encryption: 'scram-sha-256',
    cluster_name: 'tutela',
  }
}

const durable: Record<string, string> = {
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  // Microseconds that a commit waits for others to share its flush; only while five more transactions are open.
  commit_delay: '300',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
}

async function memory(): Promise<Record<string, string>> {
  const limit = process.constrainedMemory()
  const bytes = limit > 0 && limit < totalmem() ? limit : totalmem()
  const eighth = Math.floor(bytes / 8 / MIB)
  const buffers = Math.min(BUFFERS_MIB.most, Math.max(BUFFERS_MIB.least, eighth))
  const shared = await statfs('/dev/shm').catch(() => undefined)
  const isNarrow = shared !== undefined && shared.bsize * shared.blocks < SHARED_MEMORY_BYTES_MIN
  return {
    shared_buffers: `${buffers}MB`,
    maintenance_work_mem: `${Math.max(64, Math.min(512, Math.floor(eighth / 2)))}MB`,
    work_mem: '16MB',
    ...(isNarrow && { dynamic_shared_memory_type: 'mmap' }),
  }
}

/** A log of what the server does, not of what statements failed at: their messages quote values, and these are hashes. */
function logged(place: Place): Record<string, string> {
  return {
    logging_collector: 'on',
    log_directory: place.log,
    log_filename: LOG_NAME_PATTERN,
    log_rotation_size: '10MB',
    log_rotation_age: '1d',
    log_min_messages: 'log', // above errors, which are told to whoever asked
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    log_timezone: 'UTC',
  }
}

const steady: Record<string, string> = {
  timezone: 'UTC',
  lc_messages: 'C',
  jit: 'off',
  ...(process.platform === 'linux' && { client_connection_check_interval: '10s' }),
}
