/** Intake: a desk that takes reports in, at one moment, with a vault where a test asks for it; and a page that is reported. */
import { join } from 'node:path'
import { openPersonKeys } from '#ground/person-keys'
import type { ReportBrought } from '#workflow/intake/brought'
import type { IntakeDesk } from '#workflow/intake/desk'
import { vaultRoom } from './vault.ts'

export const NOW = new Date('2026-05-01T08:00:00Z')

export async function opened(withVault = false): Promise<IntakeDesk> {
  const room = await vaultRoom()
  const keys = await openPersonKeys(join(room.data, 'keys'))
  const evidence = withVault ? await room.open() : undefined
  return { database: room.database, keys, now: () => NOW, ...(evidence && { evidence }) }
}

export const page = (more: Partial<ReportBrought> = {}): ReportBrought => ({
  kind: 'page',
  address: 'https://example.org/album?id=3',
  ...more,
})
