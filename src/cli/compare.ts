/** Compare: the command that says how far two pictures, or two PDQ hashes, are from each other. */

import { distance as bitsBetween } from '@tutela/kernels/pdq'
import { Command } from 'commander'
import { resolved } from '#folders/walk'
import { DISTANCE_MAX, isSearchable, QUALITY_MIN } from '#matching/verdict'
import type { Decoders } from '#media/decoders'
import { Fault } from '#terms/fault'
import { DIGEST_KINDS, ORIENTATIONS, type Orientation, pdqHash } from '#terms/hash'
import type { Digests, FrameHashes } from '#terms/media'
import type { Region } from '#terms/verdict'
import { withDecoders } from './decoding.ts'
import { EXIT, type ExitCode } from './exit.ts'
import type { Ending } from './main.ts'
import { type DecodingFlags, decodingAsked, jsonOption, sandboxOption } from './options.ts'
import { write, writeJson } from './output.ts'
import { plain } from './plain.ts'

/** One side: its first frame's hashes, and its digests where it is a file. */
interface Side {
  readonly name: string
  readonly frames: readonly FrameHashes[]
  readonly digests?: Digests
}

/** The nearest that the two come, by turning A and by leaving out a border on either. */
interface Nearest {
  readonly distance: number
  readonly orientation: Orientation
  readonly regionA: Region
  readonly regionB: Region
}

/** `tutela compare A B` */
export function compareCommand(ending: Ending): Command {
  return new Command('compare')
    .description(
      'Compare two pictures or PDQ hashes: exit 1 when they match, 0 when not, 2 when it cannot be said.',
    )
    .argument('<a>', 'a picture file, or a PDQ hash in hex')
    .argument('<b>', 'a picture file, or a PDQ hash in hex')
    .addOption(jsonOption())
    .addOption(sandboxOption())
    .action(async (a: string, b: string, flags: DecodingFlags) => {
      const asked = await decodingAsked({ ...flags, jobs: 1 })
      const sides = await withDecoders(asked, async (decoders) => [
        await sideOf(a, decoders),
        await sideOf(b, decoders),
      ])
      const [sideA, sideB] = sides
      if (!sideA || !sideB) throw new Error('two sides were asked for')
      ending.code = await printed(sideA, sideB, flags.json ?? false)
    })
}

async function sideOf(given: string, decoders: Decoders): Promise<Side> {
  const hash = pdqHash(given)
  if (hash) return { name: given, frames: [hashAlone(Buffer.from(hash, 'hex'))] }
  const reading = await decoders.read(await resolved(Buffer.from(given)), { pictures: true })
  if (reading.kind === 'unread') {
    if (reading.because === 'vanished') throw new Fault('input.missing', `${given} does not exist`)
    throw new Fault('input.unreadable', `${given} cannot be read: ${reading.because}`)
  }
  const { content, digests } = reading
  return { name: given, digests, frames: content.kind === 'picture' ? firstFrame(content.frames) : [] }
}

/** A hash without its picture cannot be turned: the other side is turned instead. */
function hashAlone(hash: Uint8Array): FrameHashes {
  return { frame: 0, region: 'whole', quality: 100, orientations: hash }
}

function firstFrame(frames: readonly FrameHashes[]): FrameHashes[] {
  return frames.filter((frame) => frame.frame === frames[0]?.frame)
}

async function printed(a: Side, b: Side, json: boolean): Promise<ExitCode> {
  const sameDigest = DIGEST_KINDS.filter((kind) => a.digests && a.digests[kind] === b.digests?.[kind])
  const [searchableA, searchableB] = [a.frames.filter(isSearchable), b.frames.filter(isSearchable)]
  const isPlain = searchableA.length === 0 || searchableB.length === 0
  const [framesA, framesB] = isPlain ? [a.frames, b.frames] : [searchableA, searchableB]
  const nearest = framesA.flatMap((x) => framesB.map((y) => nearestOf(x, y))).sort(byDistance)[0]
  const isSame =
    sameDigest.length > 0 || (nearest !== undefined && !isPlain && nearest.distance <= DISTANCE_MAX)
  const verdict = isSame ? 'match' : nearest === undefined || isPlain ? 'unknown' : 'none'
  const qualities = { qualityA: a.frames[0]?.quality, qualityB: b.frames[0]?.quality }
  if (json) await writeJson({ kind: 'comparison', verdict, sameDigest, ...nearest, ...qualities })
  else await write(comparisonText(a, b, verdict, sameDigest, nearest, isPlain))
  return { match: EXIT.match, none: EXIT.nothingFound, unknown: EXIT.unknown }[verdict]
}

function byDistance(a: Nearest, b: Nearest): number {
  return a.distance - b.distance
}

/** Turns whichever side can be turned. */
function nearestOf(a: FrameHashes, b: FrameHashes): Nearest {
  const [turned, still] = a.orientations.length >= b.orientations.length ? [a, b] : [b, a]
  const bits = still.orientations.subarray(0, 32)
  const distances = ORIENTATIONS.flatMap((orientation, at) => {
    const hash = turned.orientations.subarray(at * 32, at * 32 + 32)
    return hash.length === 32 ? [{ orientation, distance: bitsBetween(hash, bits) }] : []
  })
  const least = distances.reduce((best, one) => (one.distance < best.distance ? one : best))
  return { ...least, regionA: a.region, regionB: b.region }
}

function comparisonText(
  a: Side,
  b: Side,
  verdict: 'match' | 'none' | 'unknown',
  sameDigest: readonly string[],
  nearest: Nearest | undefined,
  isPlain: boolean,
): string {
  const lines = [`${verdict}: ${plain(a.name)} and ${plain(b.name)}`]
  if (sameDigest.length > 0) lines.push(`  the same file by ${sameDigest.join(', ')}`)
  if (nearest) {
    const { distance, orientation, regionA, regionB } = nearest
    const borders = regionA === 'whole' && regionB === 'whole' ? '' : ', without a border'
    lines.push(
      `  PDQ distance ${distance} of 256 (${orientation}${borders}); up to ${DISTANCE_MAX} is a match`,
    )
  } else lines.push('  no PDQ distance: at least one is not a picture that could be hashed')
  if (nearest && isPlain)
    lines.push(`  a picture has a quality under ${QUALITY_MIN}: it is too plain for PDQ to say`)
  return `${lines.join('\n')}\n`
}
