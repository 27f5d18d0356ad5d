/** Picture format: which decodable format some bytes begin with, by their content alone. */
import type { PictureFormat } from '#terms/media'

const PNG = Buffer.from('89504e470d0a1a0a', 'hex')
const BMP_HEADERS = [12, 40, 52, 56, 64, 108, 124]
const HEIC_BRANDS = ['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'hevm', 'hevs']
const AVIF_BRANDS = ['avif', 'avis']
/** Brands of the container alone; which codec is inside is said by the compatible brands. */
const OPEN_BRANDS = ['mif1', 'msf1', 'miaf', 'mif2', 'mif3']
const BRANDS_MAX = 32

/** The brands that an ISO media file states, the major one first; none when it is no such file. */
export function brandsOf(head: Buffer): readonly string[] {
  if (head.length < 16 || head.toString('latin1', 4, 8) !== 'ftyp') return []
  const end = Math.min(head.readUInt32BE(0), head.length, 16 + BRANDS_MAX * 4)
  const brands = [head.toString('latin1', 8, 12)]
  for (let at = 16; at + 4 <= end; at += 4) brands.push(head.toString('latin1', at, at + 4))
  return brands
}

function heifFormat(head: Buffer): PictureFormat | undefined {
  const brands = brandsOf(head)
  const major = brands[0]
  if (major === undefined) return undefined
  const claims = OPEN_BRANDS.includes(major) ? brands : [major]
  if (claims.some((brand) => AVIF_BRANDS.includes(brand))) return 'avif'
  return claims.some((brand) => HEIC_BRANDS.includes(brand)) ? 'heic' : undefined
}

function isBmp(head: Buffer): boolean {
  if (head.length < 26 || head[0] !== 0x42 || head[1] !== 0x4d) return false
  const headerBytes = head.readUInt32LE(14)
  if (!BMP_HEADERS.includes(headerBytes)) return false
  return headerBytes === 12 || (head.length >= 28 && head.readUInt16LE(26) === 1)
}

function isTiff(head: Buffer): boolean {
  const [mark, version] = [head.toString('latin1', 0, 2), head.toString('latin1', 2, 4)]
  if (mark === 'II') return version === '*\0' || version === '+\0'
  return mark === 'MM' && (version === '\0*' || version === '\0+')
}

/** The decodable picture format that `head` begins with; undefined when it is none. */
export function pictureFormat(head: Buffer): PictureFormat | undefined {
  if (head.length < 12) return undefined
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return 'jpeg'
  if (head.subarray(0, 8).equals(PNG)) return 'png'
  const four = head.toString('latin1', 0, 4)
  if (four === 'GIF8') return 'gif'
  if (four === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP') return 'webp'
  if (isTiff(head)) return 'tiff'
  return isBmp(head) ? 'bmp' : heifFormat(head)
}
