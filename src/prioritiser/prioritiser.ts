/** Prioritiser: a model in a confined child of its own, which is given pixels and says numbers. It decides nothing. */
import { type Confinement, confinements, isComplete, unconfined } from '#ground/sandbox/confinement'
import { thisHost } from '#ground/sandbox/host'
import { printable } from '#ground/sandbox/words'
import { Fault } from '#terms/fault'
import type { SandboxUsed } from '#terms/media'
import { type ModelGiven, type ModelRead, modelOf } from './given.ts'
import { DEFAULT_LIMITS, type PrioritiserLimits } from './limits.ts'
import { Line } from './line.ts'
import { type PrioritiserProgram, prioritisingChild } from './program.ts'
import type { ChildAsked, Refusal } from './wire.ts'

export interface PrioritiserOptions {
  readonly model: ModelGiven
  /** As the decoders'. */
  readonly sandbox: SandboxUsed['asked']
  readonly limits?: Partial<PrioritiserLimits>
  /** Another program in the child's place, for tests of children that misbehave. */
  readonly childProgram?: PrioritiserProgram
  /** Milliseconds of a clock that only goes on; for rests. */
  readonly now?: () => number
}

/** What a model says of a picture: scores from 0 to 1, or nothing. */
export type Said =
  | { readonly kind: 'scores'; readonly scores: readonly number[] }
  | { readonly kind: 'unknown'; readonly because: 'prioritiser-failed' }

/** An open prioritiser. Its child is started when something is asked, and ended when nothing is. */
export interface OpenPrioritiser {
  /** Whose word it is, as `nsfwjs 4.3.0 mobilenet_v2`. */
  readonly name: string
  /** Pixels that it takes. */
  readonly size: { readonly width: number; readonly height: number }
  /** True after a failure, for a while that grows: nothing is to be asked then. */
  readonly isResting: boolean
  /** How the child is confined; undefined before it was first started. */
  readonly measures: SandboxUsed['measures'] | undefined
  /**
   * Says numbers of a picture's pixels, red, green, blue, row by row; one picture at a time.
   *
   * @throws Fault `config.invalid` for a model that is not what was said of it; `decoder.unavailable` where no child works now
   */
  scores(pixels: Buffer): Promise<Said>
  /** Ends the child. What is asked of it then is unknown. */
  close(): Promise<void>
}

const FILES_OPEN_MAX = 128
const CPU_SECONDS_PER_PICTURE = 5
const HEAP_MEGABYTES = 1024
const RETIRE_SECONDS = 5
const ENVIRONMENT = { PATH: '/usr/bin:/bin', LANG: 'C', UV_THREADPOOL_SIZE: '2', MALLOC_ARENA_MAX: '2' }

/**
 * Opens a prioritiser; nothing is started yet.
 *
 * @throws Fault `config.invalid` where its packages are not installed, or its model cannot be read
 */
export async function openPrioritiser(options: PrioritiserOptions): Promise<OpenPrioritiser> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const { model, childProgram } = options
  const given = await modelOf(model, limits.modelBytesMax, childProgram && (() => 'stand-in'))
  const program = childProgram ?? prioritisingChild()
  return new Room(given, program, { ...options, limits })
}

const REFUSED: Readonly<Record<Refusal, string>> = {
  packages: 'its packages could not be loaded: run npm run prioritiser',
  model: 'the file is no model that can be run',
  input: 'the model does not take one picture of this width, height and layout',
  outputs: 'the model gives no scores',
  range: 'the model’s scores are not from 0 to 1: set "scores" to softmax or sigmoid',
}

type Settings = PrioritiserOptions & { readonly limits: PrioritiserLimits }

class Room implements OpenPrioritiser {
  readonly name: string
  readonly size: { readonly width: number; readonly height: number }
  readonly #model: ModelRead
  readonly #program: PrioritiserProgram
  readonly #settings: Settings
  readonly #now: () => number
  #ways: readonly Confinement[]
  #line: Line | undefined
  #last: Promise<unknown> = Promise.resolve()
  #idle: NodeJS.Timeout | undefined
  #failures = 0
  #restUntil = 0
  readonly #closing = new AbortController()

  constructor(model: ModelRead, program: PrioritiserProgram, settings: Settings) {
    this.name = model.name
    this.size = { width: model.asked.width, height: model.asked.height }
    this.#model = model
    this.#program = program
    this.#settings = settings
    this.#now = settings.now ?? (() => performance.now())
    this.#ways = waysOf(program, settings)
  }

  get isResting(): boolean {
    return this.#now() < this.#restUntil
  }

  get measures(): SandboxUsed['measures'] | undefined {
    return this.#line && this.#ways[0]?.measures
  }

  scores(pixels: Buffer): Promise<Said> {
    const { width, height } = this.size
    if (pixels.length !== width * height * 3) throw new RangeError(`${pixels.length} bytes of pixels`)
    const said = this.#last.then(() => this.#said(pixels))
    this.#last = said.catch(() => undefined)
    return said
  }

  async close(): Promise<void> {
    this.#closing.abort()
    clearTimeout(this.#idle)
    this.#line?.kill()
    await this.#last
    await this.#line?.ended
  }

  async #said(pixels: Buffer): Promise<Said> {
    const unknown = { kind: 'unknown', because: 'prioritiser-failed' } as const
    if (this.#closing.signal.aborted) return unknown
    if (this.isResting) throw new Fault('decoder.unavailable', `${this.name} rests after a failure`)
    clearTimeout(this.#idle)
    const line = await this.#open()
    const { secondsMax, picturesPerChild, idleSeconds } = this.#settings.limits
    const reply = await line.ask(pixels, secondsMax)
    if (reply?.kind === 'refused') throw this.#refused(reply.because)
    if (reply?.kind !== 'scores' && reply?.kind !== 'failed') {
      this.#failed()
      return unknown
    }
    this.#failures = 0
    if (line.asked >= picturesPerChild) await this.#retire()
    else this.#idle = setTimeout(() => void this.#retire(), idleSeconds * 1000).unref()
    return reply.kind === 'scores' ? reply : unknown
  }

  async #retire(): Promise<void> {
    const line = this.#line
    this.#line = undefined
    await line?.retire(RETIRE_SECONDS)
  }

  async #open(): Promise<Line> {
    if (this.#line?.isOpen) return this.#line
    try {
      const line = await this.#started()
      this.#line = line
      return line
    } catch (error) {
      this.#failed()
      throw error
    }
  }

  /** Starts a child in the strongest confinement that works, and keeps to that. */
  async #started(): Promise<Line> {
    const { bytes, asked, outputs } = this.#model
    const { startSecondsMax } = this.#settings.limits
    const closing = this.#closing.signal
    const own = JSON.stringify({ ...asked, packages: this.#program.packages } satisfies ChildAsked)
    const inVain: string[] = []
    for (const [place, way] of this.#ways.entries()) {
      const command = [process.execPath, `--max-old-space-size=${HEAP_MEGABYTES}`, this.#program.file, own]
      const launch = way.launch(command as [string, ...string[]])
      const bounds = { secondsMax: startSecondsMax, outputsMax: outputs.most, closing }
      const started = await Line.started(launch, bytes, bounds)
      if (started instanceof Line) {
        this.#ways = this.#ways.slice(place)
        if (started.outputs >= outputs.least) return started
        await started.retire(RETIRE_SECONDS)
        throw this.#wrong(
          `the model gives ${started.outputs} scores, and there is none at ${outputs.least - 1}`,
        )
      }
      const { reply, untrustedComplaint } = started
      if (reply?.kind === 'refused' && reply.because !== 'packages') throw this.#wrong(REFUSED[reply.because])
      inVain.push(`${way.name}: ${printable(untrustedComplaint) || 'it ended without a reply'}`)
    }
    throw new Fault(
      'decoder.unavailable',
      `no child of the prioritiser could be started within ${startSecondsMax} s (${inVain.join('; ')})`,
    )
  }

  #refused(because: Refusal): Fault {
    this.#failed()
    return this.#wrong(REFUSED[because])
  }

  #wrong(what: string): Fault {
    return new Fault('config.invalid', `desk.prioritiser.${this.#model.asked.kind}: ${what}`)
  }

  /** It is not started again at once, and the more seldom the more often it fails. */
  #failed(): void {
    const { restSeconds, restSecondsMax } = this.#settings.limits
    const seconds = Math.min(restSecondsMax, restSeconds * 2 ** this.#failures)
    this.#failures += 1
    this.#restUntil = this.#now() + seconds * 1000
    this.#line?.kill()
    this.#line = undefined
  }
}

function waysOf(program: PrioritiserProgram, { sandbox, limits }: Settings): readonly Confinement[] {
  const host = thisHost()
  const cpuSecondsMax = limits.startSecondsMax + limits.picturesPerChild * CPU_SECONDS_PER_PICTURE
  const { memoryBytesMax } = limits
  const room = {
    readable: program.readable,
    limits: { memoryBytesMax, cpuSecondsMax, filesOpenMax: FILES_OPEN_MAX },
    env: ENVIRONMENT,
  }
  switch (sandbox) {
    case 'off':
      return [unconfined(room)]
    case 'require':
      return confinements(host, room).filter((way) => isComplete(host, way.measures))
    case 'auto':
      return [...confinements(host, room), unconfined(room)]
  }
}
