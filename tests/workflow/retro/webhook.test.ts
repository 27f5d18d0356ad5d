/** Webhook: which addresses are taken, and that a refusal does not repeat them. */
import { expect, test } from 'vitest'
import { clientNamed } from '#store/clients'
import { setLater } from '#store/later'
import { parseWebhook } from '#workflow/retro/webhook'
import { temporaryDatabase } from '../../support/database.ts'
import { clientOf } from './world.ts'

const signed = { actor: 'operator:tester', at: new Date('2026-03-01T12:00:00Z') } as const

test('https is taken; http only where webhooks may be inside; nothing with a password, and nothing else', () => {
  expect(parseWebhook('https://a.example/hook?token=b', 'public')).toBe('https://a.example/hook?token=b')
  expect(parseWebhook('http://10.0.0.1:9000/', 'any')).toBe('http://10.0.0.1:9000/')
  const wrong = [
    'http://a.example/token',
    'https://a:token@a.example/',
    'ftp://token/',
    'token',
    `https://${'token'.repeat(500)}/`,
  ]
  for (const untrusted of wrong) {
    expect(() => parseWebhook(untrusted, 'public')).toThrow(/a webhook is/)
    expect(() => parseWebhook(untrusted, 'public')).not.toThrow(/token/)
  }
})

test('a setting is decided on the client as it was read, and keeps for a week at most', async () => {
  const { database } = await temporaryDatabase()
  await clientOf(database, 'site', {}, signed)
  const client = await clientNamed(database, 'site')
  const set = (keepHours: number) =>
    database.transaction((tx) => setLater(tx, client, { webhook: 'https://a.example/', keepHours }, signed))
  for (const hours of [0, 169, 1.5, Number.NaN])
    await expect(set(hours)).rejects.toMatchObject({ code: 'request.invalid' })
  await set(168)
  expect((await clientNamed(database, 'site')).retro).toEqual({
    webhook: 'https://a.example/',
    keepHours: 168,
  })
  await expect(set(1)).rejects.toMatchObject({ code: 'store.conflict' })
})
