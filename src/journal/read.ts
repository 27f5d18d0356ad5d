/** Read: a journal's records in order, up to its last whole line. */
import { createReadStream } from 'node:fs'
import { Fault } from '#terms/fault'
import {
  type Heading,
  isSyncedMark,
  isTornHeading,
  JOURNAL_VERSION,
  type JournalRecord,
  readRecord,
} from './record.ts'

/** Where a journal's whole lines end, and the sum of the last of them. */
export interface JournalEnd {
  readonly bytes: number
  readonly sum: number
}

/** Longest line: one result with a thousand matches and their texts has room. */
const LINE_BYTES_MAX = 1 << 26

/**
 * Yields the records of a journal after its heading, and returns where its whole lines end. A torn end, which a killed process
 * or a power cut leaves, ends the journal before it; a bad line that was on the disk for certain is a fault.
 *
 * @throws Fault `journal.damaged` naming the line, `journal.mismatch` for another version
 */
export async function* readJournal(
  path: string,
  heading: (heading: Heading) => void,
): AsyncGenerator<JournalRecord, JournalEnd> {
  let end: JournalEnd = { bytes: 0, sum: 0 }
  let number = 0
  let bad = 0
  for await (const { text, isWhole, bytes } of linesOf(path)) {
    number += 1
    if (bad > 0) {
      // A cut can leave good lines behind a bad one; a mark that all before it was on the disk says that it was no cut.
      if (isWhole && isSyncedMark(text)) throw damaged(path, bad)
      continue
    }
    const read = isWhole ? readRecord(text, end.sum) : undefined
    if (read === undefined) {
      if (number === 1 && (isWhole || !isTornHeading(text))) throw damaged(path, 1)
      bad = number
      continue
    }
    end = { bytes: end.bytes + bytes, sum: read.sum }
    if (number > 1) yield read.record
    else heading(parseHeading(path, read.record))
  }
  return end
}

function parseHeading(path: string, record: JournalRecord): Heading {
  if (record.kind !== 'heading') throw damaged(path, 1)
  if (record.version !== JOURNAL_VERSION) {
    throw new Fault(
      'journal.mismatch',
      `${path} is of version ${record.version}; this program reads ${JOURNAL_VERSION}`,
    )
  }
  return record
}

function damaged(path: string, line: number): Fault {
  return new Fault('journal.damaged', `${path}, line ${line}: the line is not as it was written`)
}

/** Lines with their length in bytes; the last one may lack its end. */
async function* linesOf(path: string): AsyncGenerator<{ text: string; isWhole: boolean; bytes: number }> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    let from = 0
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (let to = bytes.indexOf(10, from); to >= 0; to = bytes.indexOf(10, from)) {
      yield { text: bytes.toString('utf8', from, to), isWhole: true, bytes: to + 1 - from }
      from = to + 1
    }
    rest = bytes.subarray(from)
    if (rest.length > LINE_BYTES_MAX) throw new Fault('journal.damaged', `${path} has a line without end`)
  }
  if (rest.length > 0) yield { text: rest.toString('utf8'), isWhole: false, bytes: rest.length }
}
