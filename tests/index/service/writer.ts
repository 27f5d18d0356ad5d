/** Writer: begins to write a snapshot into a folder, says so, and waits to be killed. */
import { join } from 'node:path'
import { ServiceIndex } from '#index/service/service-index'
import { saveSnapshot } from '#index/service/snapshot-save'
import { SNAPSHOT_FILE } from '#index/service/snapshots'
import { filled } from './filled.ts'

const [, , folder = ''] = process.argv
const index = ServiceIndex.open({
  folder: join(folder, 'none'),
  feed: filled(9),
  threads: 0,
  mayWrite: () => false,
})
await index.catchUp()

/** A part that never ends: the file is there, and is not whole. */
function* endless(): Generator<Uint8Array> {
  for (let pieces = 0; ; pieces++) {
    if (pieces === 4) process.stdout.write('begun\n')
    yield new Uint8Array(1 << 16)
  }
}

await saveSnapshot(join(folder, SNAPSHOT_FILE), {
  metadata: {
    ...{ number: 9, mark: '', lists: [], groups: [], holdings: [], chunks: 0, pdq: 0 },
    runs: { md5: [], sha1: [], sha256: [] },
  },
  ...{ chunks: [], categories: [], judgements: new Uint8Array(0), runs: { md5: [], sha1: [], sha256: [] } },
  pdq: endless(),
})
