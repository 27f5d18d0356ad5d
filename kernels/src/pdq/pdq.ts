/** PDQ: the perceptual hash of a picture in eight orientations, the same bytes in Node and in a browser. */
import { cosines } from './cosines.ts'
import type { Area, Pixels } from './pixels.ts'
import { checkedArea } from './pixels.ts'

export type { Orientation } from './orientation.ts'
export { orientations } from './orientation.ts'
export type { Area, Pixels } from './pixels.ts'
export { pixelsMax } from './pixels.ts'

export interface PdqResult {
  /** 0 to 100; a hash of a quality under 50 is not worth searching for. */
  readonly quality: number
  /** Eight hashes of 32 bytes in the order of `orientations`; within each, bit 255 first, as in hex. */
  readonly orientations: Uint8Array
}

export interface Pdq {
  /**
   * Hashes a picture, or an area of it in place: PDQ without reduction beforehand ("full").
   * A side under five pixels gives zeros and quality 0.
   * @throws RangeError when the bytes, sizes or area do not fit together, or memory is short
   */
  hash(pixels: Pixels, area?: Area): PdqResult
}

/** What the module offers; every address is a byte offset into its memory. */
export interface PdqExports {
  readonly memory: { readonly buffer: ArrayBuffer }
  cosines(): number
  prepareCosines(): void
  begin(width: number, height: number, channels: number): number
  take(rows: number): void
  finish(): number
  plane(): number
  coefficients(): number
  hashes(): number
  dct(): void
  dihedral(): void
  quality(): number
}

/** Rows handed over at a time. */
const rowsPerBlock = 8

/** Past this much memory a module is given up after use: it could not give any back. */
const keptBytesMax = 128 * 1024 * 1024

/** Makes a working copy of the module and gives it its cosines. */
export function instantiate(module: WebAssembly.Module): PdqExports {
  const pdq = new WebAssembly.Instance(module, {}).exports as unknown as PdqExports
  new Float32Array(pdq.memory.buffer, pdq.cosines(), 16 * 64).set(cosines())
  pdq.prepareCosines()
  return pdq
}

/** Opens the kernel from the bytes of `pdq.wasm` or the module compiled from them; the host lends nothing. */
export async function createPdq(wasm: BufferSource | WebAssembly.Module): Promise<Pdq> {
  const module = wasm instanceof WebAssembly.Module ? wasm : await WebAssembly.compile(wasm)
  let pdq = instantiate(module)
  return {
    hash(pixels, area) {
      const chosen = checkedArea(pixels, area)
      if (chosen.width < 5 || chosen.height < 5) return { quality: 0, orientations: new Uint8Array(256) }
      const result = hashed(pdq, pixels, chosen)
      if (pdq.memory.buffer.byteLength > keptBytesMax) pdq = instantiate(module)
      return result
    },
  }
}

function hashed(pdq: PdqExports, pixels: Pixels, area: Area): PdqResult {
  feed(pdq, pixels, area)
  const quality = pdq.finish()
  const at = pdq.hashes()
  return { quality, orientations: new Uint8Array(pdq.memory.buffer.slice(at, at + 256)) }
}

/** Hands the rows of an area over, block by block. */
export function feed(pdq: PdqExports, pixels: Pixels, area: Area): void {
  const { width, height, left, top } = area
  const staging = pdq.begin(width, height, pixels.channels)
  if (staging === 0) throw new RangeError(`no memory for a picture of ${width} x ${height}`)
  const memory = new Uint8Array(pdq.memory.buffer)
  const pitch = pixels.width * pixels.channels
  const rowBytes = width * pixels.channels
  const first = top * pitch + left * pixels.channels
  for (let y = 0; y < height; y += rowsPerBlock) {
    const rows = Math.min(rowsPerBlock, height - y)
    const at = first + y * pitch
    if (rowBytes === pitch) memory.set(pixels.data.subarray(at, at + rows * pitch), staging)
    else {
      for (let row = 0; row < rows; row += 1) {
        const from = at + row * pitch
        memory.set(pixels.data.subarray(from, from + rowBytes), staging + row * rowBytes)
      }
    }
    pdq.take(rows)
  }
}

/** A 32-byte hash as 64 hex digits. */
export function toHex(hash: Uint8Array): string {
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** How many bits differ between two hashes of 32 bytes. */
export function distance(a: Uint8Array, b: Uint8Array): number {
  let differing = 0
  for (let at = 0; at < 32; at += 1) {
    for (let rest = (a[at] ?? 0) ^ (b[at] ?? 0); rest !== 0; rest &= rest - 1) differing += 1
  }
  return differing
}
