/** Noise: smooth seeded randomness over the plane, the stuff that scenes are made of. */
import { random } from '@tutela/kernels/random'

const LATTICE = 64

/** A smooth field of values from 0 to 1 over the plane. */
export type Field = (x: number, y: number) => number

/** Several layers of value noise, each twice as fine and half as strong as the one before. */
export function layeredNoise(seed: number, layers: number): Field {
  const fields = Array.from({ length: layers }, (_, layer) => valueNoise(seed + layer * 7919))
  const whole = 2 - 2 ** (1 - layers)
  return (x, y) => {
    let sum = 0
    let scale = 1
    for (const field of fields) {
      sum += field(x * scale, y * scale) / scale
      scale *= 2
    }
    return sum / whole
  }
}

function valueNoise(seed: number): Field {
  const generator = random(seed)
  const values = Float64Array.from({ length: LATTICE * LATTICE }, () => generator.fraction())
  const at = (x: number, y: number): number =>
    values[(y & (LATTICE - 1)) * LATTICE + (x & (LATTICE - 1))] ?? 0
  return (x, y) => {
    const left = Math.floor(x)
    const top = Math.floor(y)
    const across = eased(x - left)
    const upper = mixed(at(left, top), at(left + 1, top), across)
    const lower = mixed(at(left, top + 1), at(left + 1, top + 1), across)
    return mixed(upper, lower, eased(y - top))
  }
}

function eased(t: number): number {
  return t * t * (3 - 2 * t)
}

/** The value at `t` of the way from `a` to `b`. */
export function mixed(a: number, b: number, t: number): number {
  return a + (b - a) * t
}
