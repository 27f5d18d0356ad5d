/** Retro: from a change of a list to a message at the client's door, in one process at a time. */
import { expect, onTestFinished, test } from 'vitest'
import { SILENT } from '#ground/log'
import { sha256 } from '#terms/hash'
import { type RetroDesk, startRetro } from '#workflow/retro/retro'
import { site } from '../../ground/wire/site.ts'
import { fingerprint, world } from './world.ts'

const SHA = 'ab'.repeat(32)

function hash(hex: string) {
  const parsed = sha256(hex)
  if (!parsed) throw new Error('no hash')
  return parsed
}

test('a later change is told at the webhook, by one of several processes, also over a restart', async () => {
  const taken: string[] = []
  const { origin } = await site(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    taken.push(JSON.parse(body).data.reference)
    response.writeHead(204).end()
  })
  const opened = await world()
  const { client, pass, put, desk, config, index, now } = opened
  await put('hotline', { key: 'other', sha256: hash('01'.repeat(32)) })
  await index.catchUp()
  const one = await client('site', { retro: { webhook: origin, keepHours: 1 } })
  const retroDesk: RetroDesk = {
    ...desk,
    config,
    log: SILENT,
    secret: new Uint8Array(32),
    addresses: 'any',
    now,
  }
  await pass(one, 'first', fingerprint({ sha256: SHA }))
  await pass(one, 'second', fingerprint({ sha256: '02'.repeat(32) }))
  const both = [startRetro(retroDesk), startRetro(retroDesk)]
  onTestFinished(async () => {
    await Promise.all(both.map((retro) => retro.stop()))
  })
  await put('hotline', { key: 'new', sha256: hash(SHA) })
  await expect.poll(() => taken, { timeout: 20_000 }).toEqual(['first'])
  await Promise.all(both.map((retro) => retro.stop()))
  await put('hotline', { key: 'newer', sha256: hash('02'.repeat(32)) })
  const again = startRetro(retroDesk)
  onTestFinished(() => again.stop())
  await expect.poll(() => taken, { timeout: 20_000 }).toEqual(['first', 'second'])
  await again.stop()
})
