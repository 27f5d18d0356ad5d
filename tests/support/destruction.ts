/** Destruction: a database with what is due, two people who may destroy it, and a vault that notes what it shreds. */
import type { Database } from '#store/database'
import type { ItemId } from '#terms/evidence'
import type { Person } from '#terms/people'
import type { ActingPerson, DestructionDesk } from '#workflow/evidence/destroy'
import { readProfiles } from '#workflow/evidence/profiles'
import { keepItem, lapseDue } from '#workflow/evidence/retain'
import { temporaryDatabase } from './database.ts'
import { itemRow } from './evidence.ts'
import { someone } from './people.ts'

export const SEALED = new Date('2026-01-10T09:00:00Z')
export const DUE = new Date('2028-01-10T09:00:00Z')
export const profiles = await readProfiles()

export interface Scene extends DestructionDesk {
  readonly shredded: ItemId[]
  readonly one: Person
  readonly other: Person
  clock: Date
}

export async function scene(): Promise<Scene> {
  const { database } = await temporaryDatabase()
  const shredded: ItemId[] = []
  const at: Scene = {
    database,
    shredded,
    vault: {
      shred: async (item, gone) => {
        if (!shredded.includes(item)) shredded.push(item)
        await gone?.('key')
        await gone?.('blob')
      },
    },
    one: await someone(database, ['analyst', 'supervisor']),
    other: await someone(database, ['supervisor']),
    clock: DUE,
    now: () => at.clock,
  }
  return at
}

export async function keptItem(database: Database): Promise<ItemId> {
  const item = await itemRow(database, SEALED)
  const key = { item, purpose: 'assess', profile: 'hotline-memorandum' } as const
  await database.transaction((tx) => keepItem(tx, profiles, key, { actor: 'tutela', at: SEALED }))
  return item
}

export async function dueItem(at: Scene): Promise<ItemId> {
  const item = await keptItem(at.database)
  await lapseDue(at.database, DUE)
  return item
}

export const acting = ({ id }: Person): ActingPerson => ({ by: id, signedInAt: DUE })
export const because = 'the two years are over'
