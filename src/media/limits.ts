/** Limits: how much one file, one picture and one child may cost. */

/** Everything has a limit. A limit that is passed costs the file a reason, never the run. */
export interface DecoderLimits {
  /** Width times height of one frame or page. */
  readonly pixelsMax: number
  /** Bytes of a picture file whose pixels are looked at; digests have no limit. */
  readonly bytesMax: number
  /** Time for one file in a child; after it the child is killed. */
  readonly secondsMax: number
  /** Private memory of one child. */
  readonly memoryBytesMax: number
  /** Frames or pages of one file that are looked at. */
  readonly framesMax: number
  /** Files after which a child is replaced. */
  readonly filesPerChild: number
  /** A child that decoded a picture of more pixels than these is replaced, to give its memory back. */
  readonly pixelsPerChild: number
}

/** A hundred megapixels and a quarter of a gigabyte: above every camera, below what harms a small machine. */
export const DEFAULT_LIMITS: DecoderLimits = {
  pixelsMax: 100_000_000,
  bytesMax: 256 * 1024 * 1024,
  secondsMax: 60,
  memoryBytesMax: 2 * 1024 * 1024 * 1024,
  framesMax: 1000,
  filesPerChild: 2000,
  pixelsPerChild: 25_000_000,
}

/** What a child itself must know of the limits. */
export interface ChildLimits {
  readonly pixelsMax: number
  readonly bytesMax: number
  readonly framesMax: number
  /** Time after which no further frame of a file is begun. */
  readonly secondsMax: number
}

/** The numbers of a child's limits as one argument of its command line. */
export function printChildLimits(limits: ChildLimits): string {
  return [limits.pixelsMax, limits.bytesMax, limits.framesMax, limits.secondsMax].join(',')
}

/** Reads `printChildLimits` back; undefined when it is none. */
export function parseChildLimits(text: string): ChildLimits | undefined {
  const [pixelsMax, bytesMax, framesMax, secondsMax, ...rest] = text.split(',').map(Number)
  if (pixelsMax === undefined || bytesMax === undefined || framesMax === undefined) return undefined
  if (secondsMax === undefined || rest.length > 0) return undefined
  const limits = { pixelsMax, bytesMax, framesMax, secondsMax }
  return Object.values(limits).every((value) => Number.isFinite(value) && value > 0) ? limits : undefined
}
