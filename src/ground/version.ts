/** Version: the program's, from its package. */
import { readFileSync } from 'node:fs'

const untrusted: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

/** The program's version. */
export const VERSION = String((untrusted as { version?: unknown }).version)
