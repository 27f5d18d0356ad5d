/** Examine: everything that can be wrong with a store, looked at without changing any of it. */
import { dataDirectory } from '../embedded/place.ts'
import { reachStore, type Store } from '../open.ts'
import { examineDatabase } from './database.ts'
import { type Finding, met, ok } from './finding.ts'
import { examineFolder } from './folder.ts'

export interface ExamineAsked {
  readonly data?: string | undefined
  readonly url?: string | undefined
  now(): Date
}

/** Looks at a store. Nothing is made; an embedded server that does not run is started for the time of the look. */
export async function* examineStore({ data, url, now }: ExamineAsked): AsyncIterable<Finding> {
  if (url === undefined) {
    for await (const finding of examineFolder(dataDirectory(data))) {
      yield finding
      if (finding.check === 'data directory' && finding.state === 'wrong') return
    }
  }
  let store: Store
  try {
    store = await reachStore({ data, url, create: false })
  } catch (error) {
    yield met('database', error)
    return
  }
  try {
    yield ok('database', `answers at ${store.where}`)
    yield* examineDatabase(store.database, now)
  } finally {
    await store.close()
  }
}
