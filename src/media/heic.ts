/** HEIC: every top-level picture of the file through libheif in WebAssembly; sharp's own build has no HEVC. */
import type { Pixels } from '@tutela/kernels/pdq'
import type { HeifImage } from 'libheif-js/wasm-bundle.js'
import type { Reason } from '#terms/verdict'
import type { Gathering } from './gathering.ts'

type Heif = typeof import('libheif-js/wasm-bundle.js')['default']

let heif: Promise<Heif> | undefined

/** Loaded with the first HEIC only: it takes a tenth of a second. */
function opened(): Promise<Heif> {
  heif ??= import('libheif-js/wasm-bundle.js').then((module) => module.default)
  return heif
}

function displayed(image: HeifImage, width: number, height: number): Promise<Uint8Array | undefined> {
  const data = new Uint8ClampedArray(width * height * 4)
  return new Promise((resolve) => {
    image.display({ data, width, height }, (result) => {
      resolve(result ? new Uint8Array(data.buffer) : undefined)
    })
  })
}

async function pixelsOf(image: HeifImage, pixelsMax: number): Promise<Pixels | Reason> {
  const [width, height] = [image.get_width(), image.get_height()]
  if (width * height > pixelsMax) return 'too-large'
  const data = await displayed(image, width, height)
  return data === undefined ? 'decoder-failed' : { data, width, height, channels: 4 }
}

/** The pixels of one top-level picture of a HEIC file, or why there are none, and how many pictures it has. */
export async function heicPixels(
  bytes: Buffer,
  pixelsMax: number,
  place: number,
): Promise<{ readonly pixels: Pixels | Reason; readonly count: number }> {
  const { HeifDecoder } = await opened()
  const images = new HeifDecoder().decode(bytes) ?? []
  const image = images[place]
  const pixels = image === undefined ? 'decoder-failed' : await pixelsOf(image, pixelsMax)
  return { pixels, count: images.length }
}

/** Decodes every top-level picture of a HEIC file. A burst or sequence in a movie track is not read: see `remainsOf`. */
export async function decodeHeic(gathering: Gathering, bytes: Buffer): Promise<void> {
  const { HeifDecoder } = await opened()
  const images = new HeifDecoder().decode(bytes) ?? []
  if (images.length === 0) gathering.skip('decoder-failed')
  for (const image of images) {
    if (gathering.isFull()) return
    const pixels = await pixelsOf(image, gathering.limits.pixelsMax)
    if (typeof pixels === 'string') gathering.skip(pixels)
    else gathering.add(pixels)
    image.free()
  }
}
