/** Read: a journal's records in order, up to its last whole line. */
import { createReadStream } from 'node:fs'
import { Fault } from '#terms/fault'
import { type Heading, JOURNAL_VERSION, type JournalRecord, readRecord } from './record.ts'

/** Where a journal's whole lines end, and the sum of the last of them. */
export interface JournalEnd {
  readonly bytes: number
  readonly sum: number
}

/**
 * Yields the records of a journal after its heading, and returns where its whole lines end. A torn last line, which a
 * killed process or a power cut leaves, ends the journal before it; anything else that is wrong is a fault.
 *
 * @throws Fault `journal.damaged` naming the line
 */
export async function* readJournal(
  path: string,
  heading: (heading: Heading) => void,
): AsyncGenerator<JournalRecord, JournalEnd> {
  let end: JournalEnd = { bytes: 0, sum: 0 }
  let number = 0
  let torn = 0
  for await (const { line, bytes } of linesOf(path)) {
    if (torn > 0) throw damaged(path, torn)
    number += 1
    const read = line === undefined ? undefined : readRecord(line, end.sum)
    if (read === undefined) {
      torn = number
      continue
    }
    end = { bytes: end.bytes + bytes, sum: read.sum }
    if (number > 1) yield read.record
    else heading(parseHeading(path, read.record))
  }
  if (end.bytes === 0 && torn > 0) throw damaged(path, 1)
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

/** Lines with their length in bytes; a last line without its end comes without text. */
async function* linesOf(path: string): AsyncGenerator<{ line: string | undefined; bytes: number }> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    let from = 0
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (let to = bytes.indexOf(10, from); to >= 0; to = bytes.indexOf(10, from)) {
      yield { line: bytes.toString('utf8', from, to), bytes: to + 1 - from }
      from = to + 1
    }
    rest = bytes.subarray(from)
  }
  if (rest.length > 0) yield { line: undefined, bytes: rest.length }
}
