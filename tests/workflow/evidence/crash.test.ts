/** The crash matrix: a real process is killed at every step of sealing, opening and shredding, found by counting them. */
import { execFile } from 'node:child_process'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { destructionsOf } from '#store/destructions'
import { allItems } from '#store/items'
import { grantOpening, openingNamed, releaseOpening } from '#store/openings'
import type { ItemId, VaultItem } from '#terms/evidence'
import type { OpenEvidence } from '#workflow/evidence/desk'
import { type Finding, verifyVault } from '#workflow/evidence/verify'
import { jsonLines } from '../../support/command.ts'
import { shareOf } from '../../support/share.ts'
import { blobFile, filesBelow, keyFile, NOON, vaultRoom } from '../../support/vault.ts'

const CHILD = fileURLToPath(new URL('./crash.child.mjs', import.meta.url))
/** Children at work at once, on one vault: each also clears what the others left. */
const AT_ONCE = 3

interface Told {
  readonly kind: 'sealing' | 'sealed' | 'sealed again' | 'read' | 'ended' | 'destroyed' | 'done'
  readonly item?: ItemId
  readonly sha256?: string
  readonly opening?: string
  readonly isDoomed?: true
  readonly steps?: number
}

interface Run {
  readonly signal: string | undefined
  readonly told: readonly Told[]
}

function life(data: string, connection: object, killAt: number): Promise<Run> {
  return new Promise((resolve, reject) => {
    const args = [CHILD, data, JSON.stringify(connection), String(killAt)]
    execFile(process.execPath, args, (error, stdout, stderr) => {
      const signal = error?.signal ?? undefined
      if (error && signal !== 'SIGKILL') reject(new Error(`the child failed: ${stderr}`))
      else resolve({ signal, told: jsonLines<Told>(stdout) })
    })
  })
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}

/** Every standing item opens, and its bytes are those that were sealed. */
async function opens(desk: OpenEvidence, item: VaultItem): Promise<boolean> {
  const { id } = item
  const opening = await desk.database.transaction((tx) =>
    grantOpening(tx, {
      ...{ kind: 'processing', item: id, person: 'tutela', purpose: 'screen', boxSeconds: 60 },
      grant: { at: NOON.toISOString() },
    }),
  )
  const opened = await desk.vault.open(await releaseOpening(desk.database, opening, NOON), NOON)
  let sizeBytes = 0
  for await (const bytes of opened.bytes()) sizeBytes += bytes.length
  return sizeBytes === item.sizeBytes
}

test('killed at any step, what was acknowledged is there and whole, and of anything else nothing is left', async () => {
  const { data, connection, open } = await vaultRoom()
  const whole = await life(data, connection, 0)
  const points = whole.told.at(-1)?.steps ?? 0
  expect(points).toBeGreaterThan(40)
  const runs: Run[] = [whole]
  const tried = shareOf(Array.from({ length: points }, (_, before) => before + 1))
  const left = [...tried]
  const lane = async (): Promise<void> => {
    for (let point = left.shift(); point !== undefined; point = left.shift()) {
      const run = await life(data, connection, point)
      expect(run.signal).toBe('SIGKILL')
      runs.push(run)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  const told = runs.flatMap((run) => run.told)

  const desk = await open() // the restart
  const items = new Map<string, VaultItem>()
  for await (const item of allItems(desk.database)) items.set(item.id, item)
  const findings: Finding[] = []
  const note = async (finding: Finding): Promise<void> => {
    findings.push(finding)
  }
  await verifyVault(desk, () => ({ actor: 'tutela', at: NOON }), { told: note })
  expect(findings.filter(({ kind }) => kind !== 'whole')).toEqual([])
  expect((await desk.database.query('SELECT FROM sealing')).rowCount).toBe(0)

  const ended = new Set(told.filter(({ kind }) => kind === 'ended').map(({ item }) => item))
  for (const { kind, item: id = 'v-', sha256, opening, isDoomed } of told) {
    const item = items.get(id)
    if (kind === 'sealed') expect(item?.digests.sha256).toBe(sha256)
    if (kind === 'sealed' && isDoomed === undefined && item) expect(await opens(desk, item)).toBe(true)
    if (kind === 'read') expect(await openingNamed(desk.database, opening ?? '')).toHaveProperty('releasedAt')
    if (kind === 'ended') expect(item?.state).toBe('destroyed')
  }
  for (const item of items.values()) {
    const isDestroyed = item.state === 'destroyed'
    expect(await isThere(blobFile(data, item.id)), item.id).toBe(!isDestroyed)
    expect(await isThere(keyFile(data, item.id)), item.id).toBe(!isDestroyed)
    if (!isDestroyed) expect(ended.has(item.id)).toBe(false)
    else
      expect(await destructionsOf(desk.database, item.id)).toMatchObject([{ completeAt: expect.any(String) }])
  }
  const files = await filesBelow(join(data, 'vault'))
  const standing = [...items.values()].filter(({ state }) => state !== 'destroyed')
  expect(files.size, 'blobs, keys and the identity').toBe(2 * standing.length + 1)
  for (const [file, content] of await filesBelow(data))
    expect(content.includes('plaintext of run'), file).toBe(false)
  console.log(
    `crash matrix: killed at ${tried.length} of ${points} points; ${standing.length} items stand, all whole`,
  )
}, 300_000)
