/** Matcher: a made-up one that the command starts answers as its interface says. */
import type { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { called, ended, started } from '../support/command.ts'

const PDQ = 'f0'.repeat(32)

test('a made-up Shield knows the hashes that it is told to know, and asks who comes', async () => {
  const child = started(['matcher', 'fake', 'shield', '--pdq', PDQ])
  const whole = ended(child)
  const said = await new Promise<string>((resolve) => {
    ;(child.stdout as Readable).once('data', (chunk: Buffer) => resolve(chunk.toString()))
  })
  const url = /url: (\S+)/.exec(said)?.[1]
  const asked = (password: string) =>
    fetch(`${url}v1/pdq/`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`made-up-user:${password}`).toString('base64')}` },
      body: JSON.stringify({ hashes: [Buffer.from(PDQ, 'hex').toString('base64')] }),
    })
  expect((await asked('another')).status).toBe(401)
  expect(await (await asked('made-up-password')).text()).toContain('csam')
  child.kill('SIGTERM')
  expect((await whole).code).toBe(0)
  expect((await called('matcher', 'fake', 'photodna', '--pdq', PDQ)).code).toBe(64)
})
