/** Children that crash, hang, lie or babble: each costs the file it had in hand, and no other. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Decoders, openDecoders } from '#media/decoders'
import type { Content } from '#terms/media'
import { temporaryFolder } from '../support/folder.ts'

const childProgram = {
  file: fileURLToPath(new URL('./children/misbehaving.mjs', import.meta.url)),
  readable: [],
}

let decoders: Decoders
beforeAll(async () => {
  decoders = await openDecoders({
    jobs: 1,
    sandbox: 'off',
    childProgram,
    limits: { secondsMax: 1, framesMax: 1000 },
  })
})
afterAll(() => decoders.close())

/** Writes files that begin as a JPEG and say what the child is to do, and reads them all at once. */
async function contents(misdeeds: readonly string[]): Promise<readonly Content[]> {
  const folder = await temporaryFolder()
  const readings = misdeeds.map(async (misdeed, place) => {
    const file = join(folder, String(place))
    await writeFile(file, Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), Buffer.from(`${misdeed}      `)]))
    const reading = await decoders.read(file, { pictures: true })
    if (reading.kind !== 'read') throw new Error(reading.because)
    return reading.content
  })
  return Promise.all(readings)
}

const failed = { kind: 'unknown', because: 'decoder-failed', format: 'jpeg' }
const fine = { kind: 'picture', format: 'jpeg', width: 64, height: 48 }

describe('one file is lost, those before and after it are read', () => {
  const misdeeds =
    'crash kill hang garbage endless ahead records quality region frame size reason half'.split(' ')
  for (const misdeed of misdeeds) {
    test(misdeed, async () => {
      const [before, lost, after, last] = await contents(['good', `misdeed:${misdeed}`, 'good', 'good'])
      expect(before).toMatchObject(fine)
      expect(lost).toEqual(failed)
      expect(after).toMatchObject(fine)
      expect(last).toMatchObject(fine)
    })
  }
})

test('a child that sends hashes where only the end was wanted is not believed, nor is one that crashes', async () => {
  const folder = await temporaryFolder()
  for (const misdeed of ['good', 'misdeed:crash']) {
    const file = join(folder, 'file')
    await writeFile(file, Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), Buffer.from(`${misdeed}      `)]))
    expect(await decoders.read(file, { pictures: false })).toMatchObject({
      kind: 'read',
      content: { kind: 'unknown', because: 'container', format: 'jpeg' },
    })
  }
})

test('a reply that nobody asked for ends the child and nothing else', async () => {
  const [twice] = await contents(['misdeed:twice'])
  expect(twice).toMatchObject(fine)
  const [after] = await contents(['good'])
  expect(after).toMatchObject(fine)
})

test('a program that is no child at all is refused when the decoders are opened', async () => {
  const folder = await temporaryFolder()
  const file = join(folder, 'silent.mjs')
  await writeFile(file, 'process.exit(9)')
  const opening = openDecoders({ jobs: 1, sandbox: 'off', childProgram: { file, readable: [] } })
  await expect(opening).rejects.toMatchObject({ code: 'decoder.unavailable' })
})

test('a child that never ends is killed when the decoders are closed', async () => {
  const folder = await temporaryFolder()
  const stubborn = join(folder, 'stubborn.mjs')
  const { file } = childProgram
  await writeFile(
    stubborn,
    `setInterval(() => {}, 1000)\nprocess.once('exit', () => {})\nawait import(${JSON.stringify(file)})`,
  )
  const opened = await openDecoders({
    jobs: 1,
    sandbox: 'off',
    childProgram: { file: stubborn, readable: [] },
    limits: { secondsMax: 1 },
  })
  await opened.close()
})
