/** Session: who is signed in at this terminal, by the token in the operator's own session file. */
import { lstat, mkdir, open, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { writeWholeFile } from '#ground/whole-file'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import type { PeopleDesk } from '#workflow/people/desk'
import { type StoreDesk, withStore } from './store.ts'

/** Who is signed in, and since when. */
export interface SignedInHere {
  readonly by: PersonId
  readonly signedInAt: Date
  readonly token: string
}

/** What a command of a signed-in person works at. */
export interface PersonDesk extends StoreDesk, SignedInHere {
  readonly people: PeopleDesk
}

const TOKEN_CHARACTERS_MAX = 100
/** What is not the owner's own: the file opens what its owner may. */
const OTHERS = 0o077

/** Runs a command of whoever is signed in. @throws Fault `people.sign-in` where nobody is */
export function withPerson<T>(work: (desk: PersonDesk) => Promise<T>): Promise<T> {
  return withPeople(async (desk) => work({ ...desk, ...(await signedIn(desk)) }))
}

/** Runs a command that works with people, and needs nobody to be signed in. */
export function withPeople<T>(work: (desk: StoreDesk & { people: PeopleDesk }) => Promise<T>): Promise<T> {
  return withStore(async (desk) => {
    // Heavy: other commands need not wait for them.
    const { openPeople } = await import('#workflow/people/open')
    const { dataDirectory } = await import('#store/embedded/place')
    const { database, config } = desk
    const data = dataDirectory(config.data)
    const people = await openPeople({ database, data, config: config.people, now: () => new Date() })
    return work({ ...desk, people })
  })
}

/**
 * The person whose session token lies in the session file.
 *
 * @throws Fault `people.sign-in` where there is none, or it has run out; `config.invalid` where others may read the file
 */
export async function signedIn({
  database,
  config,
}: Pick<StoreDesk, 'database' | 'config'>): Promise<SignedInHere> {
  const { SESSION_LIMITS, sessionOf } = await import('#store/sessions')
  const token = await readToken()
  const idleMinutes = config.people?.idleMinutes ?? SESSION_LIMITS.idleMinutes
  const session = token && (await sessionOf(database, token, idleMinutes, new Date()))
  if (!session || token === undefined)
    throw new Fault('people.sign-in', 'nobody is signed in here, or the session has ended')
  return { by: session.person.id, signedInAt: session.begunAt, token }
}

/** Keeps a session's token for the commands that follow. @throws Fault `output.failed` */
export async function keepToken(token: string): Promise<string> {
  const path = sessionFile()
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeWholeFile(path, { overwrite: true, mode: 0o600 }, (sink) =>
    sink.write(Buffer.from(`${token}\n`)),
  )
  return path
}

/** Forgets the token. */
export async function dropToken(): Promise<void> {
  await rm(sessionFile(), { force: true })
}

async function readToken(): Promise<string | undefined> {
  const path = sessionFile()
  const stats = await lstat(path).catch(() => undefined)
  if (stats === undefined) return undefined
  if (!stats.isFile() || (stats.mode & OTHERS) !== 0)
    throw new Fault('config.invalid', `${path} must be a file that you alone may read (chmod 600)`)
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(TOKEN_CHARACTERS_MAX),
      0,
      TOKEN_CHARACTERS_MAX,
      0,
    )
    return buffer.toString('utf8', 0, bytesRead).trim()
  } finally {
    await file.close()
  }
}

/** `TUTELA_SESSION`, else a file in the user's own state folder. */
function sessionFile(): string {
  const state = process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state')
  return process.env['TUTELA_SESSION'] ?? join(state, 'tutela', 'session')
}
