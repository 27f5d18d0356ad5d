/** Signatures: the closed tables of what content is by its first bytes, beyond the pictures that are decoded. */
import type { Reason } from '#terms/verdict'
import type { Sniffed } from './sniff.ts'
import type { Watched } from './watch.ts'

/** Bytes at a place, and what content that has them is. */
interface Signature {
  readonly at: number
  readonly bytes: Buffer
  readonly because: Reason
  readonly format: string
  readonly watched?: readonly Watched[]
}

function text(
  at: number,
  latin1: string,
  because: Reason,
  format: string,
  watched?: readonly Watched[],
): Signature {
  return { at, bytes: Buffer.from(latin1, 'latin1'), because, format, ...(watched && { watched }) }
}

function encryptedWhen(needle: Buffer, format: string): readonly Watched[] {
  return [{ needle, because: 'encrypted', format }]
}

const PDF_ENCRYPTED = encryptedWhen(Buffer.from('/Encrypt'), 'pdf')
/** 7-Zip's number for its AES coder, which stands in an encrypted archive's end header. */
const SEVEN_ZIP_ENCRYPTED = encryptedWhen(Buffer.from('06f10701', 'hex'), '7z')
/** The stream that holds an encrypted Office document inside an OLE file. */
const OLE_ENCRYPTED = encryptedWhen(Buffer.from('EncryptedPackage', 'utf16le'), 'ole')

/** What the library does not know, or what it knows without saying that it is encrypted. */
const SIGNATURES: readonly Signature[] = [
  text(0, '%PDF', 'container', 'pdf', PDF_ENCRYPTED),
  text(0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'container', 'ole', OLE_ENCRYPTED),
  text(0, '7z\xbc\xaf\x27\x1c', 'container', '7z', SEVEN_ZIP_ENCRYPTED),
  text(0, 'LUKS\xba\xbe', 'encrypted', 'luks'),
  text(0, 'age-encryption.org/v1', 'encrypted', 'age'),
  text(0, '-----BEGIN AGE ENCRYPTED FILE-----', 'encrypted', 'age'),
  text(0, '-----BEGIN PGP MESSAGE-----', 'encrypted', 'pgp'),
  text(3, '-FVE-FS-', 'encrypted', 'bitlocker'),
  text(0, 'SQLite format 3\0', 'container', 'sqlite'),
  text(0, '!BDN', 'container', 'pst'),
  text(0, 'KDMV', 'container', 'vmdk'),
  text(0, 'COWD', 'container', 'vmdk'),
  text(0, '# Disk DescriptorFile', 'container', 'vmdk'),
  text(0, 'QFI\xfb', 'container', 'qcow'),
  text(0, 'conectix', 'container', 'vhd'),
  text(0, 'vhdxfile', 'container', 'vhdx'),
  text(64, '\x7f\x10\xda\xbe', 'container', 'vdi'),
  text(0, 'EVF\x09\x0d\x0a\xff\0', 'container', 'ewf'),
  text(0, 'EVF2\x0d\x0a\x81\0', 'container', 'ewf'),
  text(0, 'AFF', 'container', 'aff'),
  text(0, 'MSWIM\0\0\0', 'container', 'wim'),
  text(0, 'hsqs', 'container', 'squashfs'),
  text(0, 'ER\x02\0', 'container', 'disk'),
  text(512, 'EFI PART', 'container', 'disk'),
  text(1024 + 56, '\x53\xef', 'container', 'ext'),
  text(3, 'NTFS    ', 'container', 'ntfs'),
  text(3, 'EXFAT   ', 'container', 'exfat'),
  text(54, 'FAT1', 'container', 'fat'),
  text(82, 'FAT32', 'container', 'fat'),
  text(32, 'NXSB', 'container', 'apfs'),
  text(1024, 'H+\0\x04', 'container', 'hfs'),
  text(32_769, 'CD001', 'container', 'iso'),
  text(257, 'ustar', 'container', 'tar'),
  text(0, '\x1f\x9d', 'container', 'Z'),
  text(0, '\xff\x0a', 'unsupported', 'jxl'),
  text(0, '\x76\x2f\x31\x01', 'unsupported', 'exr'),
  text(0, '#?RADIANCE', 'unsupported', 'hdr'),
  text(0, 'FOVb', 'unsupported', 'x3f'),
  text(6, 'HEAPCCDR', 'unsupported', 'crw'),
  text(0, '\x8aMNG', 'unsupported', 'mng'),
  text(0, '\x8bJNG', 'unsupported', 'jng'),
]

/** A disk image that says so only in its last 512 bytes, or an archive behind a program. */
const BY_THEIR_END: readonly Watched[] = [
  { needle: Buffer.from('koly'), because: 'container', format: 'dmg', withinEnd: 512 },
  { needle: Buffer.from('conectix'), because: 'container', format: 'vhd', withinEnd: 512 },
  { needle: Buffer.from('PK\x05\x06', 'latin1'), because: 'container', format: 'zip', withinEnd: 512 },
]

/** Containers, as the library names them. */
const CONTAINERS = new Set(
  `3mf 7z Z ace apk ar arj asar avro blend bz2 cab cfb chm cpio crx deb dmg docm docx dotm dotx epub glb gz indd jar
  lz lz4 lzh mie mobi odg odp ods odt otg otp ots ott parquet potm potx ppsm ppsx pptm pptx pst rar rpm rtf skp sqlite
  tar tar.gz vsdx xlsm xlsx xltm xltx xml xpi xz zip zst`.split(/\s+/),
)

/** What can hold no picture, as the library names it. Everything that is in neither table is `unsupported`. */
const WITHOUT_PICTURES = new Set(
  `aac ac3 aif amr ape arrow class drc dsf elf eot exe icc it lnk macho mid mp1 mp2 mp3 mpc nes ogg oga opus otf pcap
  qcp reg s3m sav shp spx stl ttc ttf voc vtt wasm wav woff woff2 wv xm flac dat alias ics`.split(/\s+/),
)

/** Signs of a cover picture in a sound file: ID3v2's two names for the frame, Vorbis, and FLAC's own by its MIME type. */
const COVERS: readonly Watched[] = [
  'APIC',
  'PIC\0',
  'METADATA_BLOCK_PICTURE',
  'image/jpeg',
  'image/png',
  'covr',
].map((sign) => ({ needle: Buffer.from(sign, 'latin1'), because: 'container', format: 'audio' }))

const SOUNDS = /^audio\//

/** True when an encrypted-entry bit is set in a zip's first local header. */
function isZipEncrypted(head: Buffer): boolean {
  return head.length >= 8 && ((head[6] ?? 0) & 1) === 1
}

/** RAR 5 puts an encryption header first; RAR 4 sets a bit in its archive header. */
function isRarEncrypted(head: Buffer): boolean {
  if (head.length < 16) return false
  const isFive = head[6] === 1
  if (!isFive) return ((head[10] ?? 0) & 0x80) !== 0
  // signature 8, checksum 4, then size and type as variable-length numbers
  let at = 12
  while (((head[at] ?? 0) & 0x80) !== 0 && at < 16) at += 1
  return head[at + 1] === 4
}

function isAt(head: Buffer, { at, bytes }: Signature): boolean {
  return head.length >= at + bytes.length && head.subarray(at, at + bytes.length).equals(bytes)
}

/** A boot sector with a partition table: its mark, and four entries whose first byte is 0x00 or 0x80. */
function isPartitioned(head: Buffer): boolean {
  if (head.length < 1024 || head.readUInt16BE(510) !== 0x55aa) return false
  return [446, 462, 478, 494].every((at) => head[at] === 0 || head[at] === 0x80)
}

/** What a signature of our own table says; undefined when none is there. */
export function fromSignature(head: Buffer): Sniffed | undefined {
  const found = SIGNATURES.find((signature) => isAt(head, signature))
  if (found !== undefined) {
    const { because, format, watched = [] } = found
    return { kind: 'unknown', because, format, watched }
  }
  if (head.subarray(0, 4).toString('latin1') === 'PK\x03\x04' && isZipEncrypted(head)) {
    return { kind: 'unknown', because: 'encrypted', format: 'zip', watched: [] }
  }
  if (head.subarray(0, 6).toString('latin1') === 'Rar!\x1a\x07' && isRarEncrypted(head)) {
    return { kind: 'unknown', because: 'encrypted', format: 'rar', watched: [] }
  }
  if (head.subarray(0, 3).toString('latin1') === 'ID3') {
    return { kind: 'other', format: 'mp3', watched: [...COVERS, ...BY_THEIR_END] }
  }
  if (isPartitioned(head)) return { kind: 'unknown', because: 'container', format: 'disk', watched: [] }
  return undefined
}

/** What the library says of content that no table of ours knows; undefined when it does not know it either. */
export async function fromLibrary(head: Buffer): Promise<Sniffed | undefined> {
  const { fileTypeFromBuffer } = await import('file-type') // most files are told without it
  const known = await fileTypeFromBuffer(head)
  if (known === undefined) return { kind: 'unknown', because: 'unsupported', watched: BY_THEIR_END }
  const { ext, mime } = known
  if (ext === 'pgp') return { kind: 'unknown', because: 'encrypted', format: ext, watched: [] }
  if (CONTAINERS.has(ext)) return { kind: 'unknown', because: 'container', format: ext, watched: [] }
  if (!WITHOUT_PICTURES.has(ext)) return { kind: 'unknown', because: 'unsupported', format: ext, watched: [] }
  return {
    kind: 'other',
    format: ext,
    watched: SOUNDS.test(mime) ? [...COVERS, ...BY_THEIR_END] : BY_THEIR_END,
  }
}
