/** Decoders: reads files, and decodes their pictures in confined children, one a core. */
import { isDeepStrictEqual } from 'node:util'
import {
  type Confinement,
  confinements,
  isComplete,
  type Launch,
  unconfined,
} from '#ground/sandbox/confinement'
import { type Host, thisHost } from '#ground/sandbox/host'
import { absent, type Failed, printable, sandboxUsed } from '#ground/sandbox/words'
import { Fault } from '#terms/fault'
import type { DrawnExactly, FileReading, RenderAsked, Rendering, SandboxUsed } from '#terms/media'
import type { VideoAsked, VideoRendering } from '#terms/video'
import { Crew } from './crew.ts'
import { Gate } from './gate.ts'
import { DEFAULT_LIMITS, type DecoderLimits, printChildLimits } from './limits.ts'
import { enoughForProbe, isProbeAnswer, probePicture } from './probe.ts'
import { type ChildProgram, decodingChild, renderingChild } from './program.ts'
import { readFileOnce, readHeld } from './reading.ts'
import { drawnExactly, rendered } from './render/renderer.ts'
import { videoFolders, videoPrograms } from './video/programs.ts'
import { videoRendered } from './video/renderer.ts'

export type { DecoderLimits } from './limits.ts'

/** How decoders are opened. */
export interface DecoderOptions {
  /** Children at work at once: one a core. */
  readonly jobs: number
  /** `auto` takes the strongest confinement that works, `require` insists on all of it, `off` takes none. */
  readonly sandbox: SandboxUsed['asked']
  readonly limits?: Partial<DecoderLimits>
  /** Another program in the child's place, which must speak as it does; for tests of children that misbehave. */
  readonly childProgram?: ChildProgram
}

/** Open decoders. They hold children until they are closed. */
export interface Decoders {
  /** How the children are confined, as probed when the decoders were opened. */
  readonly sandbox: SandboxUsed
  /**
   * Reads a regular file once, never through a link: its digests whatever its size, and the hashes of its pictures when
   * asked for. Any number may be asked at once; a few are read at a time. Never throws for a file.
   */
  read(path: string | Buffer, asked: { readonly pictures: boolean }): Promise<FileReading>
  /**
   * Reads what is in memory as `read` reads a file: nothing of it touches a disk. The bytes are not to be changed until then.
   * Never throws for what they hold.
   */
  readBytes(bytes: Buffer, asked: { readonly pictures: boolean }): Promise<FileReading>
  /**
   * Renders one picture at one level: a confined child of its own decodes it and gives back pixels, which are encoded anew.
   * Nothing of it touches a disk. Never throws for what the bytes hold.
   */
  render(bytes: Buffer, asked: RenderAsked): Promise<Rendering>
  /**
   * Draws the first frame of a picture out to a size, as `render` does, and gives the pixels: for a program, and shown to nobody.
   * Never throws for what the bytes hold.
   */
  draw(bytes: Buffer, size: { readonly width: number; readonly height: number }): Promise<DrawnExactly>
  /**
   * Renders some frames of a video at one level, each as `render` does: confined programs of ffmpeg read it from a pipe, and
   * nothing of it touches a disk. Never throws for what the bytes hold.
   *
   * @throws Fault `decoder.unavailable` where ffmpeg is not installed
   */
  renderVideo(bytes: Buffer, asked: VideoAsked): Promise<VideoRendering>
  /**
   * Ends the children; after it nothing of the decoders keeps a program alive. Readings that are still awaited settle
   * before it does: those that were not begun, or were passing in chunks, as `unreadable`; those that only waited for a child
   * as `decoder-failed`. None of these says anything of its file.
   */
  close(): Promise<void>
}

/** Files read at once, for each child: two in hand and one whose bytes are being read. */
const FILES_PER_CHILD_AT_ONCE = 3
/** Processor seconds of a child for each file that it may see, at least a minute in all. */
const CPU_SECONDS_PER_FILE = 2
const FILES_OPEN_MAX = 64
/** Node's own heap in a child, in megabytes; pixels lie outside it. */
const HEAP_MEGABYTES = 256

function environment(): Readonly<Record<string, string>> {
  return {
    PATH: '/usr/bin:/bin',
    LANG: 'C',
    UV_THREADPOOL_SIZE: '2',
    VIPS_CONCURRENCY: '1',
    VIPS_DISC_THRESHOLD: '1024g', // never a temporary file
    MALLOC_ARENA_MAX: '2',
  }
}

function commandOf(program: ChildProgram, limits: DecoderLimits): readonly [string, ...string[]] {
  const { pixelsMax, bytesMax, framesMax, secondsMax } = limits
  const own = printChildLimits({ pixelsMax, bytesMax, framesMax, secondsMax: secondsMax * 0.75 })
  return [process.execPath, `--max-old-space-size=${HEAP_MEGABYTES}`, program.file, own]
}

/**
 * Starts a crew under a confinement and has it decode the probe; why not, when it does not. Limits too small for the probe
 * say nothing of the confinement: it is then probed with larger ones, by a child that sees no other file.
 */
async function tried(
  confinement: Confinement,
  program: ChildProgram,
  jobs: number,
  limits: DecoderLimits,
): Promise<Crew | Failed> {
  const crewOf = (own: DecoderLimits): Crew =>
    new Crew(confinement.launch(commandOf(program, own)), jobs, own)
  const enough = enoughForProbe(limits)
  const crew = crewOf(enough)
  const works = isProbeAnswer(await crew.look('hashes', 'png', probePicture()))
  if (works && isDeepStrictEqual(enough, limits)) return crew
  await crew.close()
  if (works) return crewOf(limits)
  const complaint = printable(crew.untrustedComplaint)
  return { name: confinement.name, because: complaint === '' ? 'the child ended without a reply' : complaint }
}

interface Started {
  readonly crew: Crew
  readonly way: Confinement
  readonly sandbox: SandboxUsed
}

async function startedUnder(
  ways: readonly Confinement[],
  host: Host,
  options: DecoderOptions,
  program: ChildProgram,
  limits: DecoderLimits,
): Promise<Started> {
  const failed: Failed[] = []
  for (const way of ways) {
    const crew = await tried(way, program, options.jobs, limits)
    if (crew instanceof Crew) {
      return { crew, way, sandbox: sandboxUsed(options.sandbox, host, way.measures, failed) }
    }
    failed.push(crew)
  }
  const inVain = failed.map(({ name, because }) => `${name} did not work (${because})`)
  if (options.sandbox === 'require') {
    const because = [...absent(host, []), ...inVain].join('; ')
    throw new Fault('sandbox.unavailable', `decoding children cannot be confined in full: ${because}`)
  }
  throw new Fault('decoder.unavailable', `no decoding child could be started: ${inVain.join('; ')}`)
}

function waysOf(
  host: Host,
  options: DecoderOptions,
  program: ChildProgram,
  limits: DecoderLimits,
): Confinement[] {
  const { memoryBytesMax, filesPerChild, secondsMax } = limits
  const cpuSecondsMax = Math.max(60, secondsMax * 2, filesPerChild * CPU_SECONDS_PER_FILE)
  const room = {
    readable: [...program.readable, ...videoFolders()],
    limits: { memoryBytesMax, cpuSecondsMax, filesOpenMax: FILES_OPEN_MAX },
    env: environment(),
  }
  switch (options.sandbox) {
    case 'off':
      return [unconfined(room)]
    case 'require':
      return confinements(host, room).filter((way) => isComplete(host, way.measures))
    case 'auto':
      return [...confinements(host, room), unconfined(room)]
  }
}

/**
 * Opens decoders: probes the confinements by really starting a child, and keeps the first that works.
 *
 * @throws Fault `sandbox.unavailable` when `require` cannot be met; `decoder.unavailable` when no child works at all
 */
export async function openDecoders(options: DecoderOptions): Promise<Decoders> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const program = options.childProgram ?? decodingChild()
  const host = thisHost()
  const ways = waysOf(host, options, program, limits)
  const { crew, way, sandbox } = await startedUnder(ways, host, options, program, limits)
  const gate = new Gate(options.jobs * FILES_PER_CHILD_AT_ONCE)
  const closing = new AbortController()
  const desk = { crew, limits, closing: closing.signal }
  const open = new Set<Promise<unknown>>()
  const through = <T>(work: () => Promise<T>): Promise<T> => {
    const reading = gate.through(work)
    const settled = (): boolean => open.delete(reading)
    open.add(reading)
    reading.then(settled, settled)
    return reading
  }
  const launch = (): Launch => way.launch(commandOf(renderingChild(), limits))
  return {
    sandbox,
    read: (path, asked) => through(() => readFileOnce(desk, asked, path)),
    readBytes: (bytes, asked) => through(() => readHeld(desk, asked, bytes)),
    renderVideo: async (bytes, asked) => {
      const video = { programs: videoPrograms(), launch: way.launch, limits, closing: closing.signal }
      return through(() => videoRendered(video, asked, bytes))
    },
    draw: (bytes, size) => through(() => drawnExactly(launch(), limits, size, bytes, closing.signal)),
    render: (bytes, asked) => through(() => rendered(launch(), limits, asked, bytes, closing.signal)),
    close: async () => {
      closing.abort()
      await Promise.all([crew.close(), Promise.allSettled(open)])
    },
  }
}
