/** HEIC: a small generated picture, written out since nothing here can make one. */
import { openPdq } from '@tutela/kernels/node'
import { expect, test } from 'vitest'
import { decode } from '../../src/media/decode.ts'
import { DEFAULT_LIMITS } from '../../src/media/limits.ts'
import { sniff } from '../../src/media/sniff.ts'
import { scene } from './pictures.ts'

/** The first scene at 80 by 60, coded with HEVC at quality 55. */
const PICTURE = Buffer.from(
  [
    'AAAAGGZ0eXBoZWljAAAAAG1pZjFoZWljAAABrW1ldGEAAAAAAAAAIWhkbHIAAAAAAAAAAHBpY3QAAAAAAAAAAAAAAAAAAAAADnBp',
    'dG0AAAAAAAIAAAAQaWRhdAAAAAAAUAA8AAAAOGlsb2MBAAAAREAAAgABAAAAAAAAAc0AAQAAAAAAAAPYAAIAAQAAAAAAAAABAAAA',
    'AAAAAAgAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAQABAABodmMxAAAAABVpbmZlAgAAAAACAABncmlkAAAAANhpcHJwAAAAtmlw',
    'Y28AAAB2aHZjQwEDcAAAAAAAAAAAAB7wAPz9+PgAAA8DIAABABhAAQwB//8DcAAAAwCQAAADAAADAB66AkAhAAEAKkIBAQNwAAAD',
    'AJAAAAMAAAMAHqAogQWW6uSmubgQEDAgAAADACAAAAMAISIAAQAGRAHBc8GJAAAAFGlzcGUAAAAAAAAAUAAAAEAAAAAUaXNwZQAA',
    'AAAAAABQAAAAPAAAABBwaXhpAAAAAAMICAgAAAAaaXBtYQAAAAAAAAACAAECgQIAAgIDhAAAABppcmVmAAAAAAAAAA5kaW1nAAIA',
    'AQABAAAD4G1kYXQAAAPUKAGvH0J2kHS64ZjLh+uESh7vugL8uRNgEtqVhA0sPMwyvUBtGkMh4Rrt9/lHW0jQKy7bbUy3vlP88UfI',
    '396gNaavSknpZ8tdP4tBRtBt8UyLYnfqMwEM7wt9Uuj1CuA9zwY/l2TUtROJXGoyoPlDVkoAOOPnRDTTigoRZmg7JHwz1GazFgA9',
    'XSwz5EAyVGHwurhqlpkzQ5uls8E7EHcVdfetgON4HMZA/Qx9Q+Dpnd2EHZyTiJvszAAEr4ALr8flGBjLmElp4EsL60wqFiN7wCgE',
    'OgttSip4t2eq2C4mRIieGkDxT6C0ISz37L91uMf8wrESbuxugDw8OxwROHNTf+X69kY0E8kzMn9bMmzgEjbRNMU3HBZiPpTGM0mz',
    'JsQNR3VuxEj76PniepcGbLmLLnSGuxkJ6TeVKK+XcOpg1V4NDaPxgV7ZMKhGftI7+RGkMh4KsodIjX415h5ZFmCtpuVv+YHxPmqy',
    'RBCSqs/jlIHgrpfDJCPHquYCIW7YrG4Na0gPL7b98T21cSTZP5PuLTcF/jtbb6dSZy6SD9DfkNYM7Sr7ruSPow/W/5xP7XEX6RiV',
    '4kH4zPk/gyF8WnYI8yefhQV/cDKancDquOaackZF4ZyrKU/u5uqOQMCaLoMq1plucdh4jqKIfb/Le92h7C5/R+ndk0o3v2gbDKN5',
    'Itp9E2ig69oWfBVAgZ2VxCj2g0Bf+fhwF5dJXjpV6FS5B5cnbHT4Bw/Ohc866YQDF6MICeK8G6RxYv0TWAuY7J94/HFZgL5WvHw8',
    'dfNaHK8S/ntEf/PljRegJWlYTXDPGTeSmzxeU6NEDQ4q3THK3tlLMhmKaJgWGms5vi6E+g0JqQGmUZLPtWcAkRuNcubzfhk/oUX3',
    'INJgF0QB/6DDuca62Np4hEvNdlSXOQr8I6pKaJgiG9JbP2kKO1C4dxOp9Kzzh9GTYWI6scvsXcwAwj1ZVsAqzofMrlAUK0BMS58d',
    '6sY07IJFbBVbQ8nfbcp02vIG5iXZ84aMdYlE14eopMemUIejx0bAXiYHqviSXOs8rF3xCHjBJpumBOYcMj9uBDw64nEloGlpnmyD',
    'WQKZRI3cWz2loa9iOPjP9FbGn4hzyXNevNQ9Faa3kF/2wEWXfYZgfvRWPk0vYNvjCnwxMtVboUf9TJM48ks0rNjzzDLYLcVaoYUt',
    '6PTwMGr9hUYmlghnQWcGqNFnqzCf4rG5FNNXLQa3e7Ja6x75urgmcwOgLrZJ9v47LUXrlyF+byR37Gjj2DfbbcPeFTRFQ8b+Z3yg',
    '6Ti29xm9WfUow1DYiLpYxdIkGjg=',
  ].join(''),
  'base64',
)

function bitsApart(a: Uint8Array, b: Uint8Array): number {
  let bits = 0
  for (let at = 0; at < 32; at += 1) {
    for (let rest = (a[at] ?? 0) ^ (b[at] ?? 0); rest !== 0; rest &= rest - 1) bits += 1
  }
  return bits
}

test('a HEIC has nearly the hash of the pixels that it was made from', async () => {
  const pdq = await openPdq()
  expect(await sniff(PICTURE)).toEqual({ kind: 'picture', format: 'heic' })
  const answer = await decode(pdq, DEFAULT_LIMITS, 'heic', PICTURE)
  expect(answer).toMatchObject({ kind: 'picture', width: 80, height: 60 })
  expect(answer).not.toHaveProperty('incomplete')
  const frames = answer.kind === 'picture' ? answer.frames : []
  expect(frames.filter(({ region }) => region === 'whole')).toHaveLength(1)
  const direct = pdq.hash(scene(1, 80, 60))
  expect(bitsApart(frames[0]?.orientations ?? new Uint8Array(32), direct.orientations)).toBeLessThanOrEqual(
    16,
  )
})

test('a HEIC cut short is truncated, one with a film behind it incomplete, one too large untouched', async () => {
  const pdq = await openPdq()
  const because = async (bytes: Buffer, limits = DEFAULT_LIMITS): Promise<string | undefined> => {
    const answer = await decode(pdq, limits, 'heic', bytes)
    return answer.kind === 'picture' ? answer.incomplete : answer.because
  }
  expect(await because(PICTURE.subarray(0, PICTURE.length - 60))).toBe('truncated')
  const film = Buffer.concat([Buffer.from('000008006d707664', 'hex'), Buffer.alloc(2040, 9)])
  expect(await because(Buffer.concat([PICTURE, film]))).toBe('container')
  expect(await because(PICTURE, { ...DEFAULT_LIMITS, pixelsMax: 1000 })).toBe('too-large')
})
