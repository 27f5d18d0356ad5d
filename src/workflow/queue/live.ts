/** Live: what happens at the desk as it happens, for every page that is open; and who has which case open, by pseudonym. */
import type pg from 'pg'
import { newId } from '#ground/id'
import { DESK_CHANNEL } from '#store/cases'
import type { Database } from '#store/database'
import { listen } from '#store/listen'
import type { PersonId } from '#terms/people'

/** What is told. `again`: something may not have been heard, and is to be read anew. */
export type LiveEvent =
  | { readonly event: 'case'; readonly case: string; readonly what: string }
  | { readonly event: 'presence'; readonly case: string; readonly people: readonly PersonId[] }
  | { readonly event: 'again' }

/** Somebody who listens, and which case they have open. */
export interface Listener {
  readonly person: PersonId
  readonly caseNumber?: string
  told(event: LiveEvent): void
}

/** Between processes: who has a case open in one of them. */
interface Presence {
  readonly case: string
  readonly from: string
  readonly people: readonly PersonId[]
}

const PRESENCE_CHANNEL = 'tutela_presence'
/** What a process said of presence holds so long, unless it says it again. */
const PRESENCE_MILLISECONDS = 60_000
const REPEAT_MILLISECONDS = 20_000
/** PostgreSQL carries less than 8000 bytes in one announcement. */
const PEOPLE_MAX = 100
const CASE_CHARACTERS_MAX = 100

/** Tells what happens. It lives as long as the service. */
export class Live {
  readonly #database: Database
  readonly #listeners = new Set<Listener>()
  /** By case, then by the process that said so. */
  readonly #elsewhere = new Map<
    string,
    Map<string, { readonly people: readonly PersonId[]; readonly at: number }>
  >()
  readonly #from = newId('s')
  readonly #now: () => Date

  private constructor(database: Database, now: () => Date) {
    this.#database = database
    this.#now = now
  }

  /** Opens it: it hears from then on. @throws Fault `store.unreachable` */
  static async open(
    given: {
      readonly database: Database
      readonly connection: pg.ClientConfig
      now(): Date
    },
    stop: AbortSignal,
  ): Promise<Live> {
    const live = new Live(given.database, () => given.now())
    const again = (): void => live.#tell({ event: 'again' })
    await listen(given.connection, DESK_CHANNEL, (payload) => live.#hearCase(payload), { stop, again })
    await listen(given.connection, PRESENCE_CHANNEL, (payload) => live.#hearPresence(payload), { stop })
    const timer = setInterval(() => live.#repeat(), REPEAT_MILLISECONDS).unref()
    stop.addEventListener('abort', () => clearInterval(timer), { once: true })
    return live
  }

  /** How many listen, and how many of them are one person. */
  count(person: PersonId): { readonly all: number; readonly theirs: number } {
    return {
      all: this.#listeners.size,
      theirs: [...this.#listeners].filter((one) => one.person === person).length,
    }
  }

  /** Lets somebody listen until they end it. @returns what ends it */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    const { caseNumber } = listener
    if (caseNumber !== undefined) this.#announce(caseNumber)
    return () => {
      this.#listeners.delete(listener)
      if (caseNumber !== undefined) this.#announce(caseNumber)
    }
  }

  #here(caseNumber: string): PersonId[] {
    const people = [...this.#listeners].filter((one) => one.caseNumber === caseNumber)
    return [...new Set(people.map(({ person }) => person))].sort().slice(0, PEOPLE_MAX)
  }

  /** Who has a case open, in whichever process. */
  present(caseNumber: string): PersonId[] {
    const since = this.#now().getTime() - PRESENCE_MILLISECONDS
    const others = [...(this.#elsewhere.get(caseNumber)?.values() ?? [])].filter(({ at }) => at > since)
    return [...new Set([...this.#here(caseNumber), ...others.flatMap(({ people }) => people)])].sort()
  }

  #tell(event: LiveEvent): void {
    for (const one of this.#listeners) one.told(event)
  }

  /** Tells the other processes, and the pages here. A presence that cannot be told is told with the next repeat. */
  #announce(caseNumber: string): void {
    this.#tellPresence(caseNumber)
    const said: Presence = { case: caseNumber, from: this.#from, people: this.#here(caseNumber) }
    this.#database
      .query('SELECT pg_notify($1, $2)', [PRESENCE_CHANNEL, JSON.stringify(said)])
      .catch(() => undefined)
  }

  #tellPresence(caseNumber: string): void {
    const people = this.present(caseNumber)
    for (const one of this.#listeners)
      if (one.caseNumber === caseNumber) one.told({ event: 'presence', case: caseNumber, people })
  }

  #repeat(): void {
    const since = this.#now().getTime() - PRESENCE_MILLISECONDS
    for (const [number, said] of this.#elsewhere) {
      for (const [from, { at }] of said) if (at <= since) said.delete(from)
      if (said.size === 0) this.#elsewhere.delete(number)
    }
    for (const number of new Set([...this.#listeners].flatMap((one) => one.caseNumber ?? [])))
      this.#announce(number)
  }

  #hearCase(payload: string): void {
    const { case: number, what } = JSON.parse(payload) as { case: string; what: string }
    this.#tell({ event: 'case', case: number, what })
  }

  #hearPresence(payload: string): void {
    const { case: number, from, people } = JSON.parse(payload) as Presence
    if (from === this.#from || number.length > CASE_CHARACTERS_MAX) return
    const said = this.#elsewhere.get(number) ?? new Map()
    said.set(from, { people, at: this.#now().getTime() })
    this.#elsewhere.set(number, said)
    this.#tellPresence(number)
  }
}
