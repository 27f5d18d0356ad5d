/** Misbehaving: a child that speaks the protocol, and does what a file's own bytes tell it to do wrong. */
import { readSync, writeSync } from 'node:fs'

const REPLY_MAGIC = 0x52_54_55_54

function take(bytes) {
  const into = Buffer.alloc(bytes)
  for (let at = 0; at < bytes; ) {
    const count = readSync(0, into, at, bytes - at, null)
    if (count === 0) process.exit(0)
    at += count
  }
  return into
}

function takeFile() {
  const chunks = []
  for (;;) {
    const length = take(4).readUInt32LE()
    if (length === 0 || length === 0xffff_ffff) return Buffer.concat(chunks)
    chunks.push(take(length))
  }
}

function reply(sequence, change = () => {}) {
  const bytes = Buffer.alloc(24 + 264)
  bytes.writeUInt32LE(REPLY_MAGIC, 0)
  bytes.writeUInt32LE(sequence, 4)
  bytes.writeUInt32LE(64, 12)
  bytes.writeUInt32LE(48, 16)
  bytes.writeUInt32LE(1, 20)
  bytes.writeUInt8(77, 24 + 5)
  change(bytes)
  for (let at = 0; at < bytes.length; ) at += writeSync(3, bytes, at)
}

function hang() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}

const misdeeds = {
  crash: () => process.exit(3),
  kill: () => process.kill(process.pid, 'SIGKILL'),
  hang,
  garbage: () => writeSync(3, Buffer.alloc(5000, 0xa7)),
  endless: () => {
    for (;;) writeSync(3, Buffer.alloc(65_536, 0xa7))
  },
  ahead: (sequence) => reply(sequence + 1),
  records: (sequence) => reply(sequence, (bytes) => bytes.writeUInt32LE(0xffff_ffff, 20)),
  quality: (sequence) => reply(sequence, (bytes) => bytes.writeUInt8(101, 24 + 5)),
  region: (sequence) => reply(sequence, (bytes) => bytes.writeUInt8(2, 24 + 4)),
  frame: (sequence) => reply(sequence, (bytes) => bytes.writeUInt32LE(1_000_000, 24)),
  size: (sequence) => reply(sequence, (bytes) => bytes.writeUInt32LE(0xffff_ffff, 12)),
  reason: (sequence) => reply(sequence, (bytes) => bytes.writeUInt8(99, 9)),
  half: (sequence) => {
    const bytes = Buffer.alloc(30)
    bytes.writeUInt32LE(REPLY_MAGIC, 0)
    bytes.writeUInt32LE(sequence, 4)
    bytes.set([64, 0, 0, 0, 48, 0, 0, 0, 1, 0, 0, 0], 12)
    writeSync(3, bytes)
    hang()
  },
  twice: (sequence) => {
    reply(sequence)
    reply(sequence + 1)
  },
}

for (;;) {
  const sequence = take(16).readUInt32LE(4)
  const file = takeFile()
  const misdeed = /^misdeed:(\w+)/.exec(file.toString('latin1', 4, 40))?.[1]
  if (misdeed === undefined) reply(sequence)
  else misdeeds[misdeed](sequence)
}
