/** Prompt: asks at the terminal, without showing what is secret; from a pipe, one answer a line. */
import { createInterface, type Interface } from 'node:readline'
import { Writable } from 'node:stream'
import { Fault } from '#terms/fault'

const LINE_CHARACTERS_MAX = 2000

/** Asks for several things in turn, and lets go of the input afterwards. */
export async function asking<T>(
  work: (ask: (question: string, isSecret?: boolean) => Promise<string>) => Promise<T>,
): Promise<T> {
  const isTerminal = process.stdin.isTTY === true
  let isMuted = false
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!isMuted) process.stderr.write(chunk)
      done()
    },
  })
  const lines = createInterface({ input: process.stdin, output, terminal: isTerminal })
  const next = linesOf(lines)
  try {
    return await work(async (question, isSecret = false) => {
      if (isTerminal) process.stderr.write(`${question}: `)
      isMuted = isSecret && isTerminal
      const line = await next()
      if (isMuted) process.stderr.write('\n')
      isMuted = false
      if (line === undefined || line.length > LINE_CHARACTERS_MAX)
        throw new Fault('usage.invalid', `no answer was given to "${question}"`)
      return line.trim()
    })
  } finally {
    lines.close()
    process.stdin.pause()
  }
}

/** The next line, each once; undefined after the last one. Lines that came before they were asked for are kept. */
function linesOf(lines: Interface): () => Promise<string | undefined> {
  const iterator = lines[Symbol.asyncIterator]()
  return async () => {
    const { done, value } = await iterator.next()
    return done ? undefined : value
  }
}
