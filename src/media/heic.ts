/** HEIC: every top-level picture of the file through libheif in WebAssembly; sharp's own build has no HEVC. */
import type { HeifImage } from 'libheif-js/wasm-bundle.js'
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

async function addImage(gathering: Gathering, image: HeifImage): Promise<void> {
  const [width, height] = [image.get_width(), image.get_height()]
  if (width * height > gathering.limits.pixelsMax) return gathering.skip('too-large')
  const data = await displayed(image, width, height)
  if (data === undefined) gathering.skip('decoder-failed')
  else gathering.add({ data, width, height, channels: 4 })
}

/** Decodes every top-level picture of a HEIC file. A burst or sequence in a movie track is not read: see `remainsOf`. */
export async function decodeHeic(gathering: Gathering, bytes: Buffer): Promise<void> {
  const { HeifDecoder } = await opened()
  const images = new HeifDecoder().decode(bytes) ?? []
  if (images.length === 0) gathering.skip('decoder-failed')
  for (const image of images) {
    if (gathering.isFull()) return
    await addImage(gathering, image)
    image.free()
  }
}
