/** Remote: which matchers are asked, what they are told, and what becomes of it in the verdict. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startShieldFake } from '#matchers/shield/fake'
import { weigh } from '#matching/weigh'
import { POLICY_DEFAULT } from '#terms/client'
import type { RemoteSaid } from '#terms/gate'
import type { Content, FileReading } from '#terms/media'
import type { RemoteItem, RemoteMatcher } from '#terms/remote'
import { askRemote, openRemote, remoteItemOf } from '#workflow/gate/remote'
import { temporaryFolder } from '../../support/folder.ts'

function read(content: Content): FileReading {
  return { kind: 'read', digests: { bytes: 1, md5: '', sha1: '', sha256: '' } as never, content }
}

function picture(quality: number): Content {
  const orientations = new Uint8Array(256).fill(7)
  const frames = [{ frame: 0, region: 'whole' as const, quality, orientations }]
  return { kind: 'picture', format: 'jpeg', width: 640, height: 480, frames }
}

describe('what is told', () => {
  const bytes = Buffer.from('content')

  test('of a picture: its hashes of sufficient quality, its bytes, type and size', () => {
    const item = remoteItemOf(read(picture(80)), bytes)
    expect(item?.pdq).toEqual(Array(8).fill('07'.repeat(32)))
    expect(item?.content).toEqual({ bytes, mediaType: 'image/jpeg', width: 640, height: 480 })
    expect(remoteItemOf(read(picture(49)), bytes)?.pdq).toEqual([])
  })

  test('of a film: its bytes and type; of what can hold no picture: nothing', () => {
    const film = remoteItemOf(read({ kind: 'unknown', because: 'unsupported', format: 'mp4' }), bytes)
    expect(film).toEqual({ pdq: [], content: { bytes, mediaType: 'video/mp4' } })
    expect(remoteItemOf(read({ kind: 'other', format: 'txt' }), bytes)).toBeUndefined()
  })
})

describe('what is opened', () => {
  test('is nothing, unless it is configured', async () => {
    expect(await openRemote({})).toEqual([])
    const item: RemoteItem = { pdq: [] }
    expect(await askRemote([], item)).toBeUndefined()
    expect(await askRemote(undefined, item)).toBeUndefined()
  })

  test('has its secrets from files, sends hashes unless told otherwise, and is asked by https', async () => {
    const folder = await temporaryFolder()
    const [userFile, passwordFile] = [join(folder, 'user'), join(folder, 'password')]
    await writeFile(userFile, 'someone\n')
    await writeFile(passwordFile, 'a password\n')
    const fake = await startShieldFake({ user: 'someone', password: 'a password' })
    onTestFinished(fake.close)
    const set = { userFile, passwordFile, url: fake.url.slice(0, -1) }
    await expect(openRemote({ shield: set })).rejects.toMatchObject({ code: 'config.invalid' })
    const [matcher] = await openRemote({ shield: { ...set, addresses: 'any' } })
    expect(matcher?.sends).toBe('hashes')
    expect(await matcher?.ask({ pdq: ['00'.repeat(32) as never] })).toEqual({
      matcher: 'shield',
      kind: 'none',
    })
    const none = openRemote({ shield: { ...set, addresses: 'any', userFile: join(folder, 'absent') } })
    await expect(none).rejects.toMatchObject({ code: 'config.invalid' })
  })
})

describe('what is said', () => {
  const matcher = (said: RemoteSaid): RemoteMatcher => ({
    name: said.matcher,
    sends: 'hashes',
    pausedBecause: undefined,
    ask: async () => said,
  })
  const verdictOf = async (...said: RemoteSaid[]) => {
    const remote = await askRemote(said.map(matcher), { pdq: [] })
    const lists = new Map()
    const rest = { hits: [], more: false, lists, asked: [], checked: [], policy: POLICY_DEFAULT, now: 0 }
    const { verdict, because, decision } = weigh({ ...rest, ...(remote && { remote }) })
    return { verdict, because, decision }
  }

  test('of one that failed makes the verdict unknown, never none', async () => {
    const none: RemoteSaid = { matcher: 'a', kind: 'none' }
    const failed: RemoteSaid = { matcher: 'b', kind: 'unknown', because: 'it broke' }
    const match: RemoteSaid = { matcher: 'c', kind: 'match', category: 'csam' }
    expect(await verdictOf(none)).toMatchObject({ verdict: 'none', decision: 'allow' })
    expect(await verdictOf(none, failed)).toEqual({
      verdict: 'unknown',
      because: 'remote-failed',
      decision: 'hold',
    })
    expect(await verdictOf(failed, match)).toMatchObject({ verdict: 'match', because: 'remote-failed' })
  })
})
