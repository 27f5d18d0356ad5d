/** PDQ, plainly: the stages one after the other on the whole picture; slow, and obviously the algorithm. */
import { dct } from './dct.ref.ts'
import { decimate } from './decimate.ref.ts'
import { dihedral } from './dihedral.ref.ts'
import { jarosz } from './jarosz.ref.ts'
import { luminance } from './luminance.ref.ts'
import type { Pdq } from './pdq.ts'
import type { Area, Pixels } from './pixels.ts'
import { checkedArea } from './pixels.ts'
import { quality } from './quality.ref.ts'

/** The 64 x 64 plane that an area comes down to. */
export function samplesOf(pixels: Pixels, area: Area): Float32Array {
  const plane = luminance(pixels, area)
  return area.width === 64 && area.height === 64 ? plane.data : decimate(jarosz(plane))
}

/** The reference, with the door of the fast one. */
export const referencePdq: Pdq = {
  hash(pixels, area) {
    const chosen = checkedArea(pixels, area)
    if (chosen.width < 5 || chosen.height < 5) return { quality: 0, orientations: new Uint8Array(256) }
    const samples = samplesOf(pixels, chosen)
    return { quality: quality(samples), orientations: dihedral(dct(samples)) }
  },
}
