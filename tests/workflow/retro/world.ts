/** World: a register with lists, clients and an index in service, and a gate whose clock is set by hand. */
import { onTestFinished } from 'vitest'
import { ServiceIndex } from '#index/service/service-index'
import { createClient } from '#store/clients'
import type { Database } from '#store/database'
import { RegisterFeed } from '#store/feed'
import { createList } from '#store/lists'
import { applySteps } from '#store/steps'
import { type Client, POLICY_DEFAULT } from '#terms/client'
import { ORIENTATIONS } from '#terms/hash'
import type { Fingerprint } from '#terms/lookup'
import type { EntryPut, ListTerms } from '#terms/register'
import { matchHashed } from '#workflow/gate/match'
import { Views } from '#workflow/gate/view'
import { PassedRecorder } from '#workflow/retro/record'
import { temporaryDatabase } from '../../support/database.ts'
import { temporaryFolder } from '../../support/folder.ts'

export const TERMS: ListTerms = {
  kind: 'alert',
  publisher: 'A hotline',
  terms: 'for matching alone',
  uses: ['gate'],
  trust: 'confirmed',
}

export type World = Awaited<ReturnType<typeof world>>

/** Opens it for the running test; `hotline` is a list, `site` a client that is told of later matches. */
export async function world() {
  const { database, config } = await temporaryDatabase()
  let at = Date.parse('2026-03-01T12:00:00Z')
  const now = (): Date => new Date(at)
  const signed = () => ({ actor: 'operator:tester', at: now() }) as const
  await database.transaction((tx) => createList(tx, 'hotline', TERMS, signed()))
  const feed = new RegisterFeed(database)
  const index = ServiceIndex.open({ folder: await temporaryFolder(), feed, threads: 0, pollSeconds: 0.05 })
  onTestFinished(() => index.close())
  await index.catchUp()
  const desk = { database, index, views: new Views(index), now }
  const recorder = new PassedRecorder(database, now)
  return {
    ...desk,
    desk,
    config,
    signed,
    advance: (seconds: number) => {
      at += seconds * 1000
    },
    /** Makes a client that is told. */
    client: (name: string, more: ClientMore = {}) => clientOf(database, name, more, signed()),
    put: (list: string, ...entries: EntryPut[]) =>
      applySteps(database, list, [entries.map((entry) => ({ kind: 'put' as const, entry }))], {
        kind: 'import',
        signed: signed(),
      }),
    withdraw: (list: string, key: string) =>
      applySteps(database, list, [[{ kind: 'withdraw' as const, key, because: 'mistaken' }]], {
        kind: 'import',
        signed: signed(),
      }),
    /** Looks an item up as the gate does, and records it. @returns the verdict */
    pass: async (client: Client, reference: string, fingerprint: Fingerprint) => {
      const { state } = index
      const { digests } = fingerprint
      const pdq = fingerprint.pdq.map(({ orientation, hash }) => ({
        hash: Buffer.from(hash).toString('hex'),
        quality: 100,
        orientation,
      }))
      const verdict = matchHashed(desk, client, { digests, ...(pdq.length > 0 && { pdq }) })
      const number = state.kind === 'ready' ? state.number : 0
      await recorder.record({ client, verdict, fingerprint, reference, number })
      return verdict.verdict
    },
    references: async () =>
      (await database.query<{ reference: string }>('SELECT reference FROM passed ORDER BY id')).rows.map(
        ({ reference }) => reference,
      ),
    messages: async () =>
      (
        await database.query<{ client: number; body: Record<string, unknown> }>(
          'SELECT client, body FROM delivery ORDER BY id',
        )
      ).rows,
  }
}

/** What is said of a client; its lists by their names. */
type ClientMore = Omit<Partial<Client>, 'lists'> & { readonly lists?: readonly string[] }

/** Makes a client that is told of later matches. */
export async function clientOf(
  database: Database,
  name: string,
  more: ClientMore,
  signed: { readonly actor: 'operator:tester'; readonly at: Date },
): Promise<Client> {
  const { retro = { webhook: `https://${name}.example/hook`, keepHours: 24 }, ...given } = more
  const { client } = await database.transaction((tx) =>
    createClient(tx, { name, scopes: ['match'], policy: POLICY_DEFAULT, ...given }, signed),
  )
  await database.query('UPDATE client SET retro_webhook = $2, retro_keep_hours = $3 WHERE id = $1', [
    client.id,
    retro.webhook,
    retro.keepHours,
  ])
  return { ...client, retro }
}

/** A fingerprint of a digest, of a PDQ hash, or both; other hashes come before and after the one that is meant. */
export function fingerprint(given: { sha256?: string; md5?: string; pdq?: string }): Fingerprint {
  const { pdq, ...digests } = given
  const other = ['55'.repeat(32), 'c3'.repeat(32)]
  const hashes = pdq === undefined ? [] : [other[0] ?? '', pdq, other[1] ?? '']
  return {
    digests,
    pdq: hashes.map((hash, at) => ({
      frame: 0,
      region: 'whole',
      orientation: ORIENTATIONS[at] ?? 'orig',
      hash: Buffer.from(hash, 'hex'),
    })),
  }
}
