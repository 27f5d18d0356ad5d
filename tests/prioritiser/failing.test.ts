/** Failing: whatever a prioritiser's child does, what comes of it is numbers from 0 to 1, or nothing; and it is confined. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openPrioritiser, type PrioritiserOptions } from '#prioritiser/prioritiser'
import { Fault } from '#terms/fault'
import { parseReply, printReply } from '../../src/prioritiser/wire.ts'
import { onnxAsked, plain, STAND_IN } from './stand-in.ts'

async function opened(more: Partial<PrioritiserOptions> = {}) {
  const room = await openPrioritiser({
    ...{ model: { kind: 'nsfwjs' }, sandbox: 'auto', childProgram: STAND_IN },
    ...more,
  })
  onTestFinished(() => room.close())
  return room
}

/** What the child is told by a picture's first byte. */
const told = (first: number): Buffer => plain(224, [first, 0, 0])
const UNKNOWN = { kind: 'unknown', because: 'prioritiser-failed' }
const GOOD = { kind: 'scores', scores: [0.25, 0, 0.5, 1, 0] }

describe('a child', () => {
  test('that answers is asked on, one picture at a time', async () => {
    const room = await opened()
    expect(room.measures).toBeUndefined()
    expect(await Promise.all([told(0), told(8), told(0)].map((one) => room.scores(one)))).toEqual([
      ...[GOOD, UNKNOWN, GOOD],
    ])
    expect(room.isResting).toBe(false)
  })

  test.each([
    ['dies', 1],
    ['says nothing', 2],
    ['gives a score beyond 1', 3],
    ['gives more scores than it said', 4],
    ['answers another picture', 5],
    ['gives no number', 7],
  ])('that %s is ended, and is started again after a rest that grows', async (_, first) => {
    let now = 0
    const limits = { secondsMax: first === 2 ? 0.5 : 30, restSeconds: 10 }
    const room = await opened({ limits, now: () => now })
    expect(await room.scores(told(first))).toEqual(UNKNOWN)
    expect(room.isResting).toBe(true)
    await expect(room.scores(told(0))).rejects.toMatchObject({ code: 'decoder.unavailable' })
    now = 10_000
    expect(await room.scores(told(first))).toEqual(UNKNOWN)
    now = 29_999
    expect(room.isResting).toBe(true)
    now = 30_000
    expect(await room.scores(told(0))).toEqual(GOOD)
    expect(await room.scores(told(first))).toEqual(UNKNOWN)
    now = 40_000
    expect(room.isResting).toBe(false)
  })

  test('reads no file, writes none, and has no network, where the machine can confine it', async (context) => {
    const server = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const room = await opened()
    const said = await room.scores(plain(224, [6, port >> 8, port & 255]))
    if (!room.measures?.includes('bubblewrap')) context.skip('bubblewrap is not installed, or not allowed')
    expect(said).toEqual({ kind: 'scores', scores: [0, 0, 0, 0, 0] })
  })

  test('is not started any more once it is closed, and one that starts is ended', async () => {
    const room = await opened()
    const said = room.scores(told(0)).catch((error: unknown) => error)
    await room.close()
    const one = await said
    expect(one instanceof Fault ? { kind: 'unknown' } : one).toMatchObject({ kind: 'unknown' })
    expect(await room.scores(told(0))).toEqual(UNKNOWN)
  })
})

test('a model that gives fewer scores than are counted is a fault that names the place', async () => {
  const onnx = await onnxAsked(Buffer.from('anything'), { outputs: [{ at: 7, weight: 1 }] })
  const room = await opened({ model: { kind: 'onnx', onnx } })
  await expect(room.scores(plain(8, [0, 0, 0]))).rejects.toThrow(
    'desk.prioritiser.onnx: the model gives 5 scores, and there is none at 7',
  )
})

test('a model that cannot be read is a fault that names the place', async () => {
  const onnx = { ...(await onnxAsked(Buffer.alloc(0))), file: '/nowhere/model.onnx' }
  await expect(opened({ model: { kind: 'onnx', onnx } })).rejects.toMatchObject({ code: 'config.invalid' })
})

test('a reply is what was printed, and anything else of a child’s is no reply', () => {
  const awaited = { sequence: 3, outputs: 2, outputsMax: 5 }
  const scores = fc.tuple(
    fc.float({ min: 0, max: 1, noNaN: true }),
    fc.float({ min: 0, max: 1, noNaN: true }),
  )
  fc.assert(
    fc.property(scores, fc.nat(30), fc.integer({ min: 1, max: 255 }), (said, at, by) => {
      const bytes = printReply(3, { kind: 'scores', scores: said })
      expect(parseReply(bytes, awaited)).toEqual({ kind: 'reply', reply: { kind: 'scores', scores: said } })
      expect(parseReply(bytes.subarray(0, bytes.length - 1), awaited)).toEqual({ kind: 'more' })
      expect(parseReply(Buffer.concat([bytes, Buffer.alloc(1)]), awaited)).toEqual({ kind: 'invalid' })
      const bent = Buffer.from(bytes)
      bent[at % bytes.length] = (bent[at % bytes.length] ?? 0) ^ by
      const read = parseReply(bent, awaited)
      if (read.kind !== 'reply' || read.reply.kind !== 'scores') return
      for (const score of read.reply.scores) expect(score >= 0 && score <= 1).toBe(true)
    }),
  )
})
