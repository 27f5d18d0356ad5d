/** Merger: a process that follows a real store, saves a snapshot, stands still amid a merge and waits to be killed. */
import { writeSync } from 'node:fs'
import { HammingIndex } from '@tutela/kernels/hamming'
import { Contents } from '#index/service/contents'
import { ServiceIndex } from '#index/service/service-index'
import { Database } from '#store/database'
import { RegisterFeed } from '#store/feed'
import { applySteps } from '#store/steps'
import { Segment } from '../../../kernels/src/hamming/segment.ts'
import { laterSteps } from './merged.ts'

const [config = '{}', folder = '', list = '', of = ''] = process.argv.slice(2)

function standStill(): never {
  writeSync(1, 'merging\n')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  throw new Error('nobody wakes it')
}

let isFolding = false
if (of === 'pdq') {
  const { merge } = HammingIndex.prototype
  HammingIndex.prototype.merge = function (this: HammingIndex) {
    isFolding = true
    return merge.call(this)
  }
  const { append } = Segment.prototype
  Segment.prototype.append = function (this: Segment, hashes: Uint8Array, payloads: Uint32Array) {
    append.call(this, hashes, payloads)
    if (isFolding) standStill()
  }
} else {
  let kept = 0
  const { isKept } = Contents.prototype
  Contents.prototype.isKept = function (this: Contents, row: number) {
    return ++kept > 150 ? standStill() : isKept.call(this, row)
  }
}

const database = new Database(JSON.parse(config))
const feed = new RegisterFeed(database)
const index = ServiceIndex.open({ folder, feed, threads: 0, mergeRows: 1, strokeRows: 100 })
await index.catchUp()
const signed = { actor: 'tutela', at: new Date(0) } as const
await applySteps(database, list, [laterSteps()], { kind: 'import', signed })
await index.catchUp()
