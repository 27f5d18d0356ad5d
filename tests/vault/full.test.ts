/** A full disk: what does not fit is refused, leaves nothing, and harms nothing that was sealed before. */
import { randomBytes } from 'node:crypto'
import fs, { type FileHandle } from 'node:fs/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { OpenEvidence } from '#workflow/evidence/desk'
import { verifyVault } from '#workflow/evidence/verify'
import { filesBelow, NOON, sealBytes, vaultRoom } from '../support/vault.ts'

/** A disk on which the n-th write or force from now on, and all behind it, finds no room. */
async function fullAfter(writes: number): Promise<{ isFull(): boolean; clear(): void }> {
  const some = await fs.open(process.execPath)
  const file = Object.getPrototypeOf(some) as FileHandle
  await some.close()
  let left = writes
  const refuse = (): void => {
    if (left-- <= 0) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
  }
  const { write, sync } = file
  const spies = [
    vi.spyOn(file, 'write').mockImplementation(async function (this: FileHandle, ...given: unknown[]) {
      refuse()
      return Reflect.apply(write, this, given)
    } as never),
    vi.spyOn(file, 'sync').mockImplementation(async function (this: FileHandle) {
      refuse()
      return sync.call(this)
    }),
  ]
  const clear = (): void => {
    for (const spy of spies) spy.mockRestore()
  }
  onTestFinished(clear)
  return { isFull: () => left < 0, clear }
}

async function damagedOf(desk: OpenEvidence): Promise<{ damaged: number; strays: number; items: number }> {
  return verifyVault(desk, () => ({ actor: 'tutela', at: NOON }))
}

test('wherever the disk fills up in a seal, it is said, nothing of it stays, and what was sealed before is whole', async () => {
  const { data, open } = await vaultRoom()
  const desk = await open()
  await sealBytes(desk, randomBytes(10))
  const before = [...(await filesBelow(data)).keys()]
  let refused = 0
  for (let writes = 0; ; writes++) {
    const disk = await fullAfter(writes)
    const outcome = await sealBytes(desk, randomBytes(1_500_000)).catch((error: unknown) => error)
    const isFull = disk.isFull()
    disk.clear()
    if (!isFull) break
    refused++
    expect(outcome, `full behind ${writes} writes`).toMatchObject({ code: 'vault.no-space' })
    expect([...(await filesBelow(data)).keys()].sort()).toEqual(before.sort())
  }
  expect(refused).toBeGreaterThan(4)
  expect(await damagedOf(desk)).toMatchObject({ items: 2, damaged: 0, strays: 0 })
  expect((await desk.database.query('SELECT FROM sealing')).rowCount).toBe(0)
})
