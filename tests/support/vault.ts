/** Vault: a vault in a folder of its own beside a database of its own, for the running test. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { onTestFinished } from 'vitest'
import { grantOpening, releaseOpening } from '#store/openings'
import type { ItemId, VaultItem } from '#terms/evidence'
import { type EvidenceGiven, type OpenEvidence, openEvidence } from '#workflow/evidence/desk'
import { type SealAsked, sealItem } from '#workflow/evidence/seal'
import { type Finding, verifyVault } from '#workflow/evidence/verify'
import { temporaryDatabase } from './database.ts'
import { temporaryFolder } from './folder.ts'

export const NOON = new Date('2026-03-01T12:00:00Z')

/** A vault that can be closed and opened again, as after a restart. */
export interface Room {
  readonly data: string
  readonly connection: pg.ClientConfig
  readonly database: EvidenceGiven['database']
  /** Opens it; it is closed with the test. */
  open(given?: Partial<EvidenceGiven>): Promise<OpenEvidence>
}

export async function vaultRoom(): Promise<Room> {
  const { database, config: connection } = await temporaryDatabase()
  const data = await temporaryFolder()
  const open = async (given: Partial<EvidenceGiven> = {}): Promise<OpenEvidence> => {
    const desk = await openEvidence({
      ...{ database, connection, data, now: () => NOON },
      decoders: {
        readBytes: async () => {
          throw new Error('nothing was to be decoded')
        },
      },
      ...given,
    })
    onTestFinished(() => desk.close())
    return desk
  }
  return { data, connection, database, open }
}

/** Bytes as a stream, in pieces. */
export async function* stream(bytes: Uint8Array, size = 50_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const ASKED: SealAsked = { by: 'tutela', purpose: 'assess', profile: 'hotline-memorandum' }

export function sealBytes(
  desk: OpenEvidence,
  bytes: Uint8Array,
  asked: Partial<SealAsked> = {},
): Promise<VaultItem> {
  return sealItem(desk, stream(bytes), { ...ASKED, ...asked })
}

/** Where an item's blob lies, and where its key. */
export function blobFile(data: string, item: ItemId): string {
  return join(data, 'vault', 'blobs', item.slice(-2), `${item}.age`)
}

export function keyFile(data: string, item: ItemId): string {
  return join(data, 'vault', 'keys', `${item}.age`)
}

/** Every file below a folder, with its content. */
export async function filesBelow(folder: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return new Map(await Promise.all(files.map(async (file) => [file, await readFile(file)] as const)))
}

/** Who acts where nobody in particular does. */
export const SIGNED = { actor: 'operator:test', at: NOON } as const

/** An opening for a job, granted and released. */
export async function opening(desk: OpenEvidence, item: ItemId, now = NOON) {
  const id = await desk.database.transaction((tx) =>
    grantOpening(tx, {
      ...{ kind: 'processing', item, person: 'tutela', purpose: 'screen', boxSeconds: 60 },
      grant: { at: now.toISOString() },
    }),
  )
  return releaseOpening(desk.database, id, now)
}

/** What lies in an item, opened for it. */
export async function bytesOf(desk: OpenEvidence, item: ItemId): Promise<Buffer> {
  const opened = await desk.vault.open(await opening(desk, item), NOON)
  const pieces: Uint8Array[] = []
  for await (const piece of opened.bytes()) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** What a verification of the vault, or of one item, finds. */
export async function found(desk: OpenEvidence, only?: ItemId): Promise<Finding[]> {
  const findings: Finding[] = []
  const told = async (finding: Finding): Promise<void> => {
    findings.push(finding)
  }
  await verifyVault(desk, () => SIGNED, { told, ...(only && { only }) })
  return findings
}
