/** Note: signatures of the log and of witnesses, checkpoints, and the proof that stands alone. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkpointText, openCheckpoint } from '#ledger/checkpoint'
import { parseVerifierKey, signingKey } from '#ledger/key'
import { hashOfLeaf } from '#ledger/leaf'
import { cosign, openNote, signNote } from '#ledger/note'
import { inclusionProof } from '#ledger/proof'
import { checkStoredProof, parseStoredProof, storedProof } from '#ledger/stored-proof'
import { treeOf } from './vectors.ts'

const PUBLISHED = {
  key: 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k',
  note:
    'This is an example message.\n\n— example.com/foo ' +
    'Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n',
}
const log = signingKey('example.com/log', Buffer.alloc(32, 1))
const other = signingKey('example.com/log', Buffer.alloc(32, 2))
const witness = signingKey('witness.example', Buffer.alloc(32, 3), 'cosignature')
const entries = Array.from({ length: 300 }, (_, at) => hashOfLeaf(Buffer.from([at & 255, at >> 8])))
const tree = treeOf(entries.map(hashOfLeaf))
const text = checkpointText({ origin: log.verifier.name, size: 300, root: tree.edge.root() })

function known(untrusted: string) {
  const key = parseVerifierKey(untrusted)
  if (!key) throw new Error('no key')
  return key
}

describe('a note', () => {
  test('of the specification opens with the key of the specification', () => {
    const opened = openNote(PUBLISHED.note, [known(PUBLISHED.key)])
    expect(opened).toMatchObject({ kind: 'signed', text: 'This is an example message.\n' })
  })

  test('is refused where one byte of it is another, whichever it is', () => {
    const key = known(PUBLISHED.key)
    const bytes = Buffer.from(PUBLISHED.note)
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(openNote(changed.toString(), [key]), `byte ${at}`).toMatchObject({ kind: 'refused' })
    }
  })

  test('takes texts with empty lines in them, and signatures of keys that are not known', () => {
    const lines = fc.array(fc.stringMatching(/^[ -~]{0,20}$/), { minLength: 1 })
    fc.assert(
      fc.property(lines, (given) => {
        const said = `${given.join('\n')}\n`
        const note = signNote(said, log) + cosign(said, witness, 5)
        const opened = openNote(note, [log.verifier])
        expect(opened).toMatchObject({ kind: 'signed', text: said, by: [{ key: { id: log.verifier.id } }] })
      }),
    )
  })

  test('is refused where nobody known signed it, and where a known key signed something else', () => {
    expect(openNote(signNote('a\n', other), [log.verifier])).toEqual({
      kind: 'refused',
      because: 'no known key signed it',
    })
    const mixed = signNote('a\n', log) + cosign('b\n', witness, 5)
    expect(openNote(mixed, [log.verifier])).toMatchObject({ kind: 'signed' })
    expect(openNote(mixed, [log.verifier, witness.verifier])).toMatchObject({ kind: 'refused' })
  })
})

describe('a key', () => {
  test('is read as it is written, and not where its id, type or writing is another', () => {
    const { text: key } = log.verifier
    expect(known(key)).toMatchObject({ name: 'example.com/log', id: log.verifier.id, kind: 'note' })
    expect(known(witness.verifier.text).kind).toBe('cosignature')
    for (let at = 0; at < key.length; at++) {
      const changed = key.slice(0, at) + (key[at] === 'x' ? 'y' : 'x') + key.slice(at + 1)
      expect(parseVerifierKey(changed), changed).toBeUndefined()
    }
  })
})

describe('a checkpoint', () => {
  test('says size and root, and who saw it when', () => {
    const note = signNote(text, log) + cosign(text, witness, 1_700_000_000)
    const opened = openCheckpoint(note, log.verifier, [witness.verifier])
    expect(opened).toMatchObject({
      kind: 'signed',
      checkpoint: { size: 300, origin: 'example.com/log' },
      by: [{}, { key: { name: 'witness.example' }, seconds: 1_700_000_000 }],
    })
  })

  test('of another log, or not signed by the log, is none', () => {
    const elsewhere = checkpointText({ origin: 'example.com/else', size: 0, root: tree.edge.root() })
    expect(openCheckpoint(signNote(elsewhere, log), log.verifier)).toMatchObject({ kind: 'refused' })
    const unsigned = `${text}\n${cosign(text, witness, 5)}`
    expect(openCheckpoint(unsigned, log.verifier, [witness.verifier])).toMatchObject({
      because: 'the log did not sign it',
    })
    expect(openCheckpoint(signNote('a\n05\nAAAA\n', log), log.verifier)).toMatchObject({ kind: 'refused' })
  })
})

describe('a stored proof', () => {
  test('shows its entry with nothing but itself and the key, and no other entry', async () => {
    const proof = {
      index: 257,
      hashes: await inclusionProof(257, 300, tree.read),
      extra: entries[257] ?? Buffer.alloc(0),
      checkpoint: signNote(text, log),
    }
    const read = parseStoredProof(storedProof(proof))
    if (!read) throw new Error('no proof')
    expect(read).toEqual({
      ...proof,
      extra: Buffer.from(proof.extra),
      hashes: proof.hashes.map((one) => Buffer.from(one)),
    })
    expect(checkStoredProof(read, proof.extra, log.verifier)).toMatchObject({ checkpoint: { size: 300 } })
    expect(checkStoredProof(read, entries[0] ?? proof.extra, log.verifier)).toMatchObject({ kind: 'refused' })
    expect(checkStoredProof({ ...read, index: 256 }, proof.extra, log.verifier)).toMatchObject({
      kind: 'refused',
    })
    expect(checkStoredProof(read, proof.extra, other.verifier)).toMatchObject({ kind: 'refused' })
  })

  test('is refused where a byte outside its extra line is another', async () => {
    const made = storedProof({
      index: 3,
      hashes: await inclusionProof(3, 300, tree.read),
      checkpoint: signNote(text, log),
    })
    for (let at = 0; at < made.length; at++) {
      const changed = made.slice(0, at) + String.fromCharCode(made.charCodeAt(at) ^ 1) + made.slice(at + 1)
      const read = parseStoredProof(changed)
      const outcome = read && checkStoredProof(read, entries[3] ?? Buffer.alloc(0), log.verifier)
      expect(outcome?.kind ?? 'refused', `byte ${at}`).toBe('refused')
    }
  })
})
