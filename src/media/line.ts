/** Line: the parent's end of one child: files go out, replies come in and are checked, and a child that fails is ended. */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { Launch } from '#ground/sandbox/confinement'
import type { PictureFormat } from '#terms/media'
import type { DecoderLimits } from './limits.ts'
import {
  BROKEN_OFF,
  type ChildAnswer,
  ENDED,
  parseReply,
  printLength,
  printRequestHead,
  type Wanted,
} from './wire.ts'

/** One file on its way through a child. */
export interface Task {
  readonly wanted: Wanted
  readonly format: PictureFormat
  /** All bytes, where they are at hand; they are kept until the reply, so that another child can take over. */
  readonly bytes: Buffer | undefined
  readonly sizeBytes: number
  readonly settle: (answer: ChildAnswer) => void
}

/** Who is told what becomes of a child. */
export interface LineWatch {
  /** A reply came: the child has room again. */
  readonly replied: () => void
  /** The child is gone; tasks that it had not begun are given back. */
  readonly gone: (unbegun: readonly Task[]) => void
}

/** Characters of a child's complaints that are kept: they are shown only where no file had been sent. */
const COMPLAINT_CHARACTERS_MAX = 2000

const FAILED: ChildAnswer = { kind: 'unknown', because: 'decoder-failed' }
const ENDED_BYTES = printLength(ENDED)
const BROKEN_OFF_BYTES = printLength(BROKEN_OFF)

interface Piped extends ChildProcess {
  readonly stdin: Writable
  readonly stderr: Readable
}

/** The place of the reply channel among a child's descriptors. */
const REPLIES = 3

/** One child and the files that it has in hand. It lives until the child is gone. */
export class Line {
  readonly #child: Piped
  readonly #limits: DecoderLimits
  readonly #watch: LineWatch
  readonly #tasks: Task[] = []
  readonly #timer: NodeJS.Timeout
  readonly ended: Promise<void>
  #received: Buffer = Buffer.alloc(0)
  #sequence = 0
  #repliedTo = 0
  #retiring = false
  #isKilled = false
  #gone = false
  #complaint = ''

  constructor(launch: Launch, limits: DecoderLimits, watch: LineWatch) {
    this.#limits = limits
    this.#watch = watch
    const { file, args, env, uid, gid } = launch
    this.#child = spawn(file, [...args], {
      env: { ...env },
      cwd: '/',
      detached: true, // a session of its own: Ctrl-C and signals to our group must not cost the file in hand
      stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
      ...(uid !== undefined && { uid }),
      ...(gid !== undefined && { gid }),
    }) as Piped
    this.#timer = setTimeout(() => this.#late(), limits.secondsMax * 1000)
    this.ended = new Promise((resolve) => {
      this.#child.once('error', () => this.#lost(resolve))
      this.#child.once('close', () => this.#lost(resolve))
      this.#child.once('exit', () => this.#letStreamsGo())
    })
    this.#child.stdin.on('error', () => this.kill()) // the child closed its input: what it had in hand is lost
    const replies = this.#child.stdio[REPLIES] as Readable
    replies.on('data', (chunk: Buffer) => this.#take(chunk))
    this.#child.stderr.on('data', (chunk: Buffer) => {
      if (this.#complaint.length < COMPLAINT_CHARACTERS_MAX) this.#complaint += chunk.toString('latin1')
    })
  }

  /** Files in hand. */
  get load(): number {
    return this.#tasks.length
  }

  /** True while files may be given to it. */
  get isOpen(): boolean {
    return !this.#retiring && !this.#gone
  }

  /** What the child said on its error output, for a person to read; printable only after cleaning. */
  get untrustedComplaint(): string {
    return this.#complaint
  }

  /** Gives a file whose bytes are at hand. */
  send(task: Task & { readonly bytes: Buffer }): void {
    const { stdin } = this.#child
    stdin.cork()
    this.begin(task)
    if (task.bytes.length > 0) {
      stdin.write(printLength(task.bytes.length))
      stdin.write(task.bytes)
    }
    stdin.write(ENDED_BYTES)
    stdin.uncork()
  }

  /** Begins a file whose bytes follow in chunks. */
  begin(task: Task): void {
    if (this.#tasks.length === 0) this.#timer.refresh()
    this.#tasks.push(task)
    const { wanted, format, sizeBytes } = task
    this.#child.stdin.write(printRequestHead({ sequence: this.#sequence, wanted, format, sizeBytes }))
    this.#sequence += 1
    if (this.#sequence >= this.#limits.filesPerChild) this.#retiring = true
  }

  /** Sends the next chunk of the file begun last; waits until the child has taken most of it, or is gone. */
  async chunk(bytes: Buffer): Promise<void> {
    const { stdin } = this.#child
    if (this.#gone || stdin.destroyed) return // no event would follow
    this.#timer.refresh()
    stdin.write(printLength(bytes.length))
    if (stdin.write(bytes)) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        stdin.off('drain', done)
        stdin.off('close', done)
        resolve()
      }
      stdin.on('drain', done)
      stdin.on('close', done)
    })
  }

  /** Says that the file begun last is whole, or is to be forgotten. */
  end(isWhole: boolean): void {
    this.#timer.refresh()
    this.#child.stdin.write(isWhole ? ENDED_BYTES : BROKEN_OFF_BYTES)
  }

  /** Lets the child finish what it has in hand and end. */
  retire(): void {
    this.#retiring = true
    this.#endInput()
  }

  /** Ends the child at once; it gets no more files. */
  kill(): void {
    this.#retiring = true
    this.#isKilled = true
    this.#child.kill('SIGKILL')
  }

  /** What a killed child had begun and left behind may hold its streams open: nothing more is awaited from them. */
  #letStreamsGo(): void {
    if (!this.#isKilled) return
    for (const stream of this.#child.stdio) stream?.destroy()
  }

  /** Ends the input of a child that is to get no more files, once it has nothing in hand. */
  #endInput(): void {
    if (!this.#retiring || this.#tasks.length > 0) return
    this.#timer.refresh()
    this.#child.stdin.end()
  }

  /** Time is up: for the file in hand, or for a child that was to end. One that only waits for work may wait. */
  #late(): void {
    if (this.#tasks.length > 0 || this.#retiring) this.kill()
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    while (this.#received.length > 0) {
      const task = this.#tasks[0]
      const { pixelsMax, framesMax } = this.#limits
      const sequence = this.#repliedTo
      const wanted = task?.wanted ?? 'hashes'
      const read = parseReply(this.#received, { sequence, wanted, pixelsMax, framesMax })
      if (task === undefined || read.kind === 'invalid') {
        this.#received = Buffer.alloc(0)
        this.kill() // it speaks without having been asked, or not as agreed
        return
      }
      if (read.kind === 'more') return
      this.#received = this.#received.subarray(read.bytes)
      this.#settle(task, read.answer)
    }
  }

  #settle(task: Task, answer: ChildAnswer): void {
    this.#tasks.shift()
    this.#repliedTo += 1
    this.#timer.refresh()
    if (answer.kind === 'picture' && answer.width * answer.height > this.#limits.pixelsPerChild)
      this.#retiring = true
    task.settle(answer)
    this.#endInput()
    this.#watch.replied()
  }

  #lost(resolve: () => void): void {
    if (this.#gone) return
    this.#gone = true
    clearTimeout(this.#timer)
    const [begun, ...unbegun] = this.#tasks.splice(0)
    begun?.settle(FAILED)
    this.#watch.gone(unbegun)
    resolve()
  }
}
