/** Stage: a data directory of its own is opened for a demonstration, which is told on it and left for the service to start. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ServiceIndex } from '#index/service/service-index'
import { readVocabularies } from '#lists/vocabularies'
import type { Decoders } from '#media/decoders'
import { exposurePolicy } from '#people/exposure'
import { isDemonstration, isFilled, isUntouched, settleDeployment } from '#store/deployment'
import { RegisterFeed } from '#store/feed'
import { openStore, type Store } from '#store/open'
import { Fault } from '#terms/fault'
import { assessDesk } from '../assess/desk.ts'
import { openEvidence } from '../evidence/desk.ts'
import { openPeople } from '../people/open.ts'
import { queueDesk, screenDesk } from '../queue/at-hand.ts'
import { STAGE_CLOCKS } from './bring.ts'
import type { StageDesk } from './desk.ts'
import { type Filled, type FillProgress, fillDemonstration } from './fill.ts'
import { Pictures } from './pictures.ts'

export interface StageAsked {
  /** The data directory, absolute. */
  readonly data: string
  readonly seed: number
  readonly decoders: Decoders
  now(): Date
  told(progress: FillProgress): void
}

/**
 * Makes a demonstration in a data directory that has nothing in it, and marks it as one for good.
 *
 * @returns undefined where it stands already
 * @throws Fault `store.exists` where work was done in it, or a demonstration was begun and not made whole; those of `openStore`
 */
export async function stageDemonstration(asked: StageAsked): Promise<Filled | undefined> {
  const store = await openStore({ data: asked.data, create: true })
  try {
    return (await isToFill(store, asked)) ? await filled(store, asked) : undefined
  } finally {
    await store.close()
  }
}

async function isToFill({ database }: Store, { data, now }: StageAsked): Promise<boolean> {
  const said = await isDemonstration(database)
  if (said === true && (await isFilled(database))) return false
  if (said === true)
    throw new Fault(
      'store.exists',
      `the demonstration in ${data} was cut off while it was made: remove that folder`,
    )
  if (said === false || !(await isUntouched(database)))
    throw new Fault('store.exists', `${data} is a place of work: a demonstration has a folder of its own`)
  const signed = { actor: 'tutela', at: now() } as const
  return database.transaction((tx) => settleDeployment(tx, true, signed))
}

async function filled(store: Store, { data, seed, decoders, now, told }: StageAsked): Promise<Filled> {
  const { database } = store
  const begins = now()
  const clock = { at: begins.getTime() }
  const shown = (): Date => new Date(clock.at)
  const people = await openPeople({ database, data, now: shown })
  const evidence = await openEvidence({
    ...{ database, connection: store.config, data, decoders, now: shown },
  })
  const folder = join(data, 'index')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const feed = new RegisterFeed(database)
  const index = ServiceIndex.open({ folder, feed, threads: 0, mayWrite: () => false, log: () => {} })
  const vocabularies = readVocabularies()
  const given = { database, keys: people.keys, vocabularies, set: {}, now: shown }
  const desk: StageDesk = {
    ...{ clock, people, pictures: new Pictures(seed, decoders) },
    intake: { database, keys: people.keys, evidence, clocks: STAGE_CLOCKS, now: shown },
    screen: screenDesk({ ...given, index, evidence }),
    queue: queueDesk(given),
    assess: assessDesk(given),
    view: { database, vault: evidence.vault, decoders, exposure: exposurePolicy(), now: shown },
    followed: () => index.catchUp(),
  }
  try {
    return await fillDemonstration(desk, { seed, now: begins, told })
  } finally {
    await index.close()
    await evidence.close()
  }
}
