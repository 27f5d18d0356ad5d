/** Sniffing: what content is by its bytes; only what surely holds no picture may be passed by its digests alone. */
import { deflateRawSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Reason } from '#terms/verdict'
import { type Sniffed, sniff } from '../../src/media/sniff.ts'
import { Watch } from '../../src/media/watch.ts'
import { drawn, scene } from './pictures.ts'

/** What a file is once it has passed whole: `picture`, `other`, or the reason why it is unknown. */
async function told(bytes: Buffer, chunkBytes = bytes.length): Promise<'picture' | 'other' | Reason> {
  const sniffed: Sniffed = await sniff(bytes.subarray(0, 65_536))
  if (sniffed.kind === 'picture') return 'picture'
  const watch = new Watch(sniffed.watched)
  for (let at = 0; at < bytes.length; at += chunkBytes) watch.see(bytes.subarray(at, at + chunkBytes))
  return watch.ended()?.because ?? (sniffed.kind === 'other' ? 'other' : sniffed.because)
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')
/** Bytes at places, the rest zero. */
function placed(sizeBytes: number, parts: Readonly<Record<number, string>>): Buffer {
  const bytes = Buffer.alloc(sizeBytes)
  for (const [at, text] of Object.entries(parts)) bytes.write(text, Number(at), 'latin1')
  return bytes
}

function zipOf(name: string, flags: number): Buffer {
  const data = deflateRawSync(latin1('words'))
  const head = Buffer.alloc(30)
  head.write('PK\x03\x04', 0, 'latin1')
  head.writeUInt16LE(20, 4)
  head.writeUInt16LE(flags, 6)
  head.writeUInt16LE(8, 8)
  head.writeUInt32LE(data.length, 18)
  head.writeUInt32LE(5, 22)
  head.writeUInt16LE(name.length, 26)
  return Buffer.concat([head, latin1(name), data])
}

describe('pictures', () => {
  for (const format of ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const) {
    test(format, async () => {
      expect(
        await sniff(
          await drawn(scene(1, 64, 64))
            .toFormat(format)
            .toBuffer(),
        ),
      ).toEqual({ kind: 'picture', format })
    })
  }

  test('HEIC by its brands, also behind a brand of the container alone', async () => {
    const brands = (...names: string[]): Buffer => {
      const bytes = latin1(`\0\0\0\0ftyp${names[0]}\0\0\0\0${names.slice(1).join('')}`)
      bytes.writeUInt32BE(bytes.length)
      return bytes
    }
    expect(await sniff(brands('heic', 'mif1'))).toEqual({ kind: 'picture', format: 'heic' })
    expect(await sniff(brands('mif1', 'mif1', 'heic'))).toEqual({ kind: 'picture', format: 'heic' })
    expect(await sniff(brands('mif1', 'mif1', 'avif'))).toEqual({ kind: 'picture', format: 'avif' })
    expect(await told(brands('isom', 'mp41'))).toBe('unsupported')
    expect(await told(brands('crx ', 'isom'))).toBe('unsupported')
  })
})

const TABLE: Readonly<Record<'other' | Reason, Readonly<Record<string, Buffer>>>> = {
  other: {
    'an empty file': Buffer.alloc(0),
    'plain text': latin1('a few words\nand a line\n'),
    'text in UTF-8': Buffer.from('Äpfel und Öl\n'.repeat(50)),
    'text in UTF-16': Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('some words', 'utf16le')]),
    'text of an old code page': latin1('\xcf\xf0\xe8\xe2\xe5\xf2 \xec\xe8\xf0\n'.repeat(20)),
    'a list of hashes': latin1('0123456789abcdef'.repeat(4).concat('\n').repeat(30)),
    'a page without pictures': latin1('<!doctype html><p>words</p>'),
    'a program': placed(4096, { 0: '\x7fELF\x02\x01\x01' }),
    'a font': placed(4096, { 0: 'OTTO\0\x0b' }),
    'a sound': placed(4096, { 0: 'RIFF\x24\x08\0\0WAVEfmt ' }),
  },
  container: {
    'a PDF': latin1('%PDF-1.7\n1 0 obj\n'),
    'an old Office file': placed(4096, { 0: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' }),
    'a zip': zipOf('words.txt', 0),
    'a gzip': gzipSync(latin1('words')),
    'a tar': placed(10_240, { 0: 'words.txt', 257: 'ustar\x0000' }),
    'a 7z': placed(4096, { 0: '7z\xbc\xaf\x27\x1c\0\x04' }),
    'a database': latin1('SQLite format 3\0\x10\0'),
    'an ISO image': placed(40_960, { 32769: 'CD001' }),
    'an ext disk': placed(8192, { 1080: '\x53\xef' }),
    'an NTFS disk': placed(8192, { 0: '\xeb\x52\x90NTFS    ', 510: '\x55\xaa' }),
    'a partitioned disk': placed(8192, { 446: '\x80', 510: '\x55\xaa' }),
    'a QCOW image': placed(4096, { 0: 'QFI\xfb\0\0\0\x03' }),
    'a disk image that says so at its end': placed(9000, { 0: '\x99\x01', [9000 - 512]: 'koly' }),
    'a program with an archive behind it': placed(9000, {
      0: '\x7fELF\x02\x01\x01',
      [9000 - 22]: 'PK\x05\x06',
    }),
    'a mail': latin1('Received: from a\r\n\tby b\r\nMIME-Version: 1.0\r\n\r\nwords'),
    'a mailbox': latin1('From a@b Mon Jan 1 00:00:00 2024\nSubject: words\n\nwords'),
    'a page with a picture in it': latin1(`<p>${'x'.repeat(9000)}<img src="data:image/png;base64,AAAA">`),
    'a page in UTF-16 with a picture in it': Buffer.concat([
      Buffer.from([0xff, 0xfe]),
      Buffer.from('<img src="data:image/png;base64,AAAA">', 'utf16le'),
    ]),
    'a file written out as base64': latin1(`${drawnNoise().toString('base64').slice(0, 4000)}\n`),
    'rich text': latin1('{\\rtf1 words}'),
    'a song with a cover': placed(4096, { 0: 'ID3\x03\0\0\0\0\x0f\x76', 10: 'APIC\0\0\x01\0' }),
  },
  encrypted: {
    'a locked zip': zipOf('words.txt', 1),
    'a locked PDF': latin1(`%PDF-1.7\n${'x'.repeat(9000)}\ntrailer << /Encrypt 5 0 R >>`),
    'a locked 7z': Buffer.concat([
      placed(4096, { 0: '7z\xbc\xaf\x27\x1c\0\x04' }),
      Buffer.from('06f10701', 'hex'),
    ]),
    'a locked Office file': Buffer.concat([
      placed(4096, { 0: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' }),
      Buffer.from('EncryptedPackage', 'utf16le'),
    ]),
    'a LUKS disk': placed(4096, { 0: 'LUKS\xba\xbe\0\x02' }),
    'an age file': latin1('age-encryption.org/v1\n-> X25519 '),
    'a PGP message': latin1('-----BEGIN PGP MESSAGE-----\n\nhQEMA'),
  },
  unsupported: {
    'a film': placed(4096, { 0: '\0\0\0\x18ftypmp42\0\0\0\0mp42isom' }),
    'a Matroska film': placed(4096, { 0: '\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x1f\x42\x82\x88matroska' }),
    'a JPEG XL': placed(4096, { 0: '\xff\x0a\xfa\x1f' }),
    'a Photoshop file': placed(4096, { 0: '8BPS\0\x01' }),
    'an icon': placed(4096, { 0: '\0\0\x01\0\x01\0\x10\x10' }),
    'a drawing': latin1('<?xml version="1.0"?>\n<!-- a -->\n<svg xmlns="http://www.w3.org/2000/svg"/>'),
    'a Netpbm picture': latin1('P3\n# words\n# more\n2 2 255\n'),
    'a Fuji raw file': placed(4096, { 0: 'FUJIFILMCCD-RAW 0201' }),
    noise: drawnNoise(),
    'text that turns into something else': Buffer.concat([
      Buffer.alloc(70_000, 'words '),
      Buffer.alloc(10),
      latin1('x'),
    ]),
  },
  unreadable: {},
  permission: {},
  vanished: {},
  'too-large': {},
  truncated: {},
  'frames-limit': {},
  'decoder-failed': {},
  plain: {},
}

function drawnNoise(): Buffer {
  const bytes = Buffer.from(scene(9, 60, 60).data.map((byte, at) => (byte * 31 + at * 7) & 255))
  bytes[0] = 3
  return bytes
}

for (const [expected, files] of Object.entries(TABLE)) {
  if (Object.keys(files).length === 0) continue
  describe(expected, () => {
    for (const [name, bytes] of Object.entries(files)) {
      test(name, async () => {
        expect(await told(bytes)).toBe(expected)
        if (bytes.length > 0) expect(await told(bytes, 65_536), 'in chunks').toBe(expected)
      })
    }
  })
}

test('a sign that lies across two chunks is seen', () => {
  const bytes = latin1(`${'x'.repeat(100)}data:image/png${'y'.repeat(100)}`)
  for (let chunkBytes = 1; chunkBytes < 130; chunkBytes += 1) {
    const watch = new Watch([{ needle: latin1('data:image/'), because: 'container' }])
    for (let at = 0; at < bytes.length; at += chunkBytes) watch.see(bytes.subarray(at, at + chunkBytes))
    expect(watch.ended()?.because, String(chunkBytes)).toBe('container')
  }
})

test('no head makes sniffing throw, and none that is cut short reads as free of pictures when it was a picture', async () => {
  const jpeg = await drawn(scene(1, 64, 64))
    .jpeg()
    .toBuffer()
  for (let length = 1; length < 40; length += 1) {
    const what = await told(jpeg.subarray(0, length))
    expect(what, String(length)).not.toBe('other')
  }
})
