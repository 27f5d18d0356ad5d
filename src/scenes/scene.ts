/** Scene: a generated picture of clouds, hills and plain shapes: something to test on that shows nobody. */
import { type Random, random } from '@tutela/kernels/random'
import { type Field, layeredNoise, mixed } from './noise.ts'

/** Decoded pixels, three bytes each, row by row. */
export interface Scene {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

type Colour = readonly [number, number, number]

/** An ellipse with a soft shade across it. */
interface Disc {
  readonly x: number
  readonly y: number
  readonly radiusX: number
  readonly radiusY: number
  readonly colour: Colour
}

/** Makes the scene of a seed; the same seed and size always give the same pixels. */
export function scene(seed: number, width: number, height: number): Scene {
  const generator = random(seed)
  const palette = [colour(generator), colour(generator), colour(generator)] as const
  const ground = layeredNoise(seed * 31 + 1, 5)
  const grain = layeredNoise(seed * 31 + 2, 2)
  const discs = Array.from({ length: 4 + generator.below(5) }, () => disc(generator))
  const scale = 3 + generator.fraction() * 3
  const data = new Uint8Array(width * height * 3)
  const unit = Math.max(width, height)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const x = column / unit
      const y = row / unit
      const shade = ground(x * scale, y * scale)
      const base = shaded(palette, shade, grain(x * 90, y * 90))
      paint(data, (row * width + column) * 3, overlaid(base, discs, x, y, ground))
    }
  }
  return { data, width, height }
}

function colour(generator: Random): Colour {
  return [generator.below(256), generator.below(256), generator.below(256)]
}

function disc(generator: Random): Disc {
  return {
    x: generator.fraction(),
    y: generator.fraction() * 0.8,
    radiusX: 0.04 + generator.fraction() * 0.16,
    radiusY: 0.04 + generator.fraction() * 0.16,
    colour: colour(generator),
  }
}

/** A colour along the palette, with contrast from the field and a little grain. */
function shaded(palette: readonly [Colour, Colour, Colour], shade: number, grain: number): Colour {
  const along = Math.min(0.999, Math.max(0, (shade - 0.2) * 1.6)) * 2
  const [from, to] = along < 1 ? [palette[0], palette[1]] : [palette[1], palette[2]]
  const light = 0.55 + shade * 0.9 + (grain - 0.5) * 0.18
  return mapped(from, (value, at) => mixed(value, to[at] ?? 0, along % 1) * light)
}

function overlaid(base: Colour, discs: readonly Disc[], x: number, y: number, ground: Field): Colour {
  let result = base
  for (const { x: centreX, y: centreY, radiusX, radiusY, colour: tone } of discs) {
    const across = (x - centreX) / radiusX
    const down = (y - centreY) / radiusY
    const inside = across * across + down * down
    if (inside > 1) continue
    const light = 0.6 + 0.5 * (1 - inside) + ground(x * 20, y * 20) * 0.2
    result = mapped(tone, (value) => value * light)
  }
  return result
}

function mapped(from: Colour, change: (value: number, at: number) => number): Colour {
  return [change(from[0], 0), change(from[1], 1), change(from[2], 2)]
}

function paint(data: Uint8Array, at: number, [red, green, blue]: Colour): void {
  data[at] = Math.min(255, red)
  data[at + 1] = Math.min(255, green)
  data[at + 2] = Math.min(255, blue)
}
