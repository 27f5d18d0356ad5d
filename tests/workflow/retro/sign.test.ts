/** Sign: messages are signed as Standard Webhooks says, with a secret that is made once. */
import { createHmac } from 'node:crypto'
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { serviceSecret } from '#workflow/retro/secret'
import { clientSecret, shownSecret, signedHeaders } from '#workflow/retro/sign'
import { temporaryFolder } from '../../support/folder.ts'

test('a receiver that follows the specification finds the signature good, and any change bad', () => {
  const secret = clientSecret(new Uint8Array(32).fill(1), 7)
  const body = '{"type":"match.later"}'
  const headers = signedHeaders(secret, 'msg_1', new Date('2026-03-01T12:00:00.999Z'), body)
  expect(headers['webhook-timestamp']).toBe('1772366400')
  const key = Buffer.from(shownSecret(secret).replace('whsec_', ''), 'base64')
  const signed = (id: string, timestamp: string, text: string) =>
    `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${text}`).digest('base64')}`
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = headers
  expect(signature).toBe(signed(id, timestamp, body))
  const changed = [
    signed('msg_2', timestamp, body),
    signed(id, '1772366401', body),
    signed(id, timestamp, '{}'),
  ]
  expect(changed).not.toContain(signature)
})

test('each client has a secret of its own, the same every time', () => {
  const service = new Uint8Array(32).fill(1)
  expect(clientSecret(service, 7)).toEqual(clientSecret(service, 7))
  expect(clientSecret(service, 7)).not.toEqual(clientSecret(service, 8))
  expect(clientSecret(new Uint8Array(32).fill(2), 7)).not.toEqual(clientSecret(service, 7))
  expect(clientSecret(service, 7)).toHaveLength(32)
})

test('the secret of the service is made once, whoever asks first, and only its owner may read it', async () => {
  const folder = join(await temporaryFolder(), 'data')
  const secrets = await Promise.all(Array.from({ length: 8 }, () => serviceSecret(folder)))
  expect(new Set(secrets.map((secret) => secret.toString('hex'))).size).toBe(1)
  expect(await serviceSecret(folder)).toEqual(secrets[0])
  expect((await stat(join(folder, 'webhook.secret'))).mode & 0o777).toBe(0o600)
})

test('a secret that is not as it was written is a fault, and is not made anew', async () => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'webhook.secret'), 'short\n')
  await expect(serviceSecret(folder)).rejects.toMatchObject({ code: 'config.invalid' })
})
