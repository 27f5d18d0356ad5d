/** Stand-in: a child that says what the first byte of each picture tells it to, well or not. */
import { readFileSync, readSync, writeFileSync, writeSync } from 'node:fs'
import { createConnection } from 'node:net'

const { width, height } = JSON.parse(process.argv[2])
const KINDS = { ready: 0, scores: 1, refused: 2, failed: 3 }

function read(bytes) {
  const into = Buffer.alloc(bytes)
  for (let filled = 0; filled < bytes; ) {
    const count = readSync(0, into, filled, bytes - filled, null)
    if (count === 0) process.exit()
    filled += count
  }
  return into
}

function say(sequence, kind, scores, count = scores.length) {
  const bytes = Buffer.alloc(16 + scores.length * 4)
  bytes.writeUInt32LE(0x51545554, 0)
  bytes.writeUInt8(KINDS[kind], 4)
  bytes.writeUInt32LE(sequence, 8)
  bytes.writeUInt32LE(count, 12)
  for (const [at, score] of scores.entries()) bytes.writeFloatLE(score, 16 + at * 4)
  writeSync(3, bytes)
}

/** 1 where something was done that a confined program cannot do. */
async function reached(port) {
  const tries = [
    () => readFileSync('/etc/passwd'),
    () => readFileSync(`/proc/${process.ppid}/environ`),
    () => writeFileSync('/tmp/prioritiser-was-here', 'x'),
    () => connected(port),
  ]
  const done = []
  for (const one of tries)
    done.push(
      await Promise.resolve()
        .then(one)
        .then(
          () => 1,
          () => 0,
        ),
    )
  return done
}

function connected(port) {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: '127.0.0.1', port })
    socket.once('error', reject)
    socket.once('connect', resolve)
  })
}

const model = read(read(4).readUInt32LE())
if (model.toString() === 'no model') {
  say(0, 'refused', [])
  process.exit()
}
const outputs = 5
say(0, 'ready', [], outputs)
for (;;) {
  const sequence = read(8).readUInt32LE(4)
  const [first, high, low] = read(width * height * 3)
  const good = [0.25, 0, 0.5, 1, 0]
  if (first === 1) process.exit(1)
  else if (first === 2) for (;;) read(1)
  else if (first === 3) say(sequence, 'scores', [0.25, 0, 1.5, 0, 0])
  else if (first === 4) say(sequence, 'scores', [...good, 0])
  else if (first === 5) say(sequence + 1, 'scores', good)
  else if (first === 6) say(sequence, 'scores', [...(await reached(high * 256 + low)), 0])
  else if (first === 7) say(sequence, 'scores', [Number.NaN, 0, 0, 0, 0])
  else if (first === 8) say(sequence, 'failed', [])
  else say(sequence, 'scores', good)
}
