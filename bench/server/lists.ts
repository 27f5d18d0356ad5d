/** Lists: large seeded lists written as files: VICS entries to import, and PDQ hashes to look up. */

import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { queriesOf, randomHashes } from '../../kernels/bench/hamming-sets.ts'
import { random } from '../../kernels/src/random.ts'

const LINES_AT_ONCE = 2000
/** What tools write of every entry. */
const REST = {
  VictimIdentified: false,
  OffenderIdentified: false,
  IsDistributed: false,
  Series: '',
  Tags: '',
}

/** Writes a VICS 2.0 hash set of random digests with categories, as tools write them. */
export async function writeVics(path: string, entries: number, seed: number): Promise<void> {
  const digests = randomHashes(entries, random(seed))
  await written(path, function* () {
    yield '{"@odata.context":"http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media",\n"value":[\n'
    for (let at = 0; at < entries; at++) {
      const hex = Buffer.from(digests.subarray(at * 32, at * 32 + 32))
        .toString('hex')
        .toUpperCase()
      const md5 = hex.slice(0, 32)
      const sha1 = hex.slice(24, 64)
      const entry = { MediaID: at + 1, Category: (at % 2) + 1, MD5: md5, SHA1: sha1, ...REST, MediaSize: at }
      yield `${at ? ',\n' : ''}${JSON.stringify(entry)}`
    }
    yield ']}\n'
  })
}

/** Writes a plain list of PDQ hashes. @returns the hashes, 32 bytes each */
export async function writePdq(path: string, entries: number, seed: number): Promise<Uint8Array> {
  const hashes = randomHashes(entries, random(seed))
  await written(path, function* () {
    yield '# tutela-list pdq\n'
    for (let at = 0; at < entries; at++)
      yield `${Buffer.from(hashes.subarray(at * 32, at * 32 + 32)).toString('hex')}\n`
  })
  return hashes
}

/** Queries in hex: half lie at a distance of 0 to 31 from an entry, half are random. */
export function queriesInHex(hashes: Uint8Array, count: number, seed: number): string[] {
  const queries = Buffer.from(queriesOf(hashes, count, random(seed)))
  return Array.from({ length: count }, (_, at) => queries.toString('hex', at * 32, at * 32 + 32))
}

async function written(path: string, lines: () => Generator<string>): Promise<void> {
  const stream = createWriteStream(path)
  let gathered: string[] = []
  for (const line of lines()) {
    gathered.push(line)
    if (gathered.length < LINES_AT_ONCE) continue
    if (!stream.write(gathered.join(''))) await once(stream, 'drain')
    gathered = []
  }
  stream.end(gathered.join(''))
  await once(stream, 'finish')
}
