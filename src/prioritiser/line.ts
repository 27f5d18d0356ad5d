/** Line: the parent's end of one child: pixels go out, numbers come back and are checked, and a child that fails is ended. */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { Launch } from '#ground/sandbox/confinement'
import { parseReply, printLength, printPictureHead, type Reply } from './wire.ts'

const REPLIES = 3
/** Of what a child says on its error output before it was given a picture; nothing after that is kept. */
const COMPLAINT_CHARACTERS_MAX = 2000

interface Piped extends ChildProcess {
  readonly stdin: Writable
  readonly stderr: Readable
}

interface Awaited {
  readonly sequence: number
  readonly timer: NodeJS.Timeout
  readonly settle: (reply: Reply | undefined) => void
}

/** What the start of a child is bound by. */
interface StartBounds {
  readonly secondsMax: number
  readonly outputsMax: number
  /** Ends it, whatever it is at. */
  readonly closing: AbortSignal
}

/** One child with one model, asked one picture at a time. It lives until the child is gone. */
export class Line {
  readonly #child: Piped
  readonly #outputsMax: number
  readonly ended: Promise<void>
  #awaited: Awaited | undefined
  #received: Buffer = Buffer.alloc(0)
  #outputs: number | undefined
  #sequence = 0
  #complaint = ''
  #gone = false

  private constructor({ file, args, env, uid, gid }: Launch, outputsMax: number) {
    this.#outputsMax = outputsMax
    this.#child = spawn(file, [...args], {
      env: { ...env },
      cwd: '/',
      detached: true, // a session of its own: Ctrl-C and signals to our group are not its affair
      stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
      ...(uid !== undefined && { uid }),
      ...(gid !== undefined && { gid }),
    }) as Piped
    this.ended = new Promise((resolve) => {
      const lost = (): void => {
        this.#gone = true
        this.#settle(undefined)
        resolve()
      }
      this.#child.once('error', lost)
      this.#child.once('close', lost)
    })
    this.#child.stdin.on('error', () => this.kill())
    this.#child.stderr.on('data', (chunk: Buffer) => {
      const isKept = this.#sequence === 0 && this.#complaint.length < COMPLAINT_CHARACTERS_MAX
      if (isKept) this.#complaint += chunk.toString('latin1')
    })
    const replies = this.#child.stdio[REPLIES] as Readable
    replies.on('data', (chunk: Buffer) => this.#take(chunk))
  }

  /**
   * Starts a child and gives it its model.
   *
   * @returns the child, once it is ready; else its reply, `undefined` where it ended or took too long, and what it complained of
   */
  static async started(
    launch: Launch,
    model: Buffer,
    { secondsMax, outputsMax, closing }: StartBounds,
  ): Promise<Line | { readonly reply: Reply | undefined; readonly untrustedComplaint: string }> {
    const line = new Line(launch, outputsMax)
    const kill = (): void => line.kill()
    if (closing.aborted) kill()
    closing.addEventListener('abort', kill, { once: true })
    line.ended.then(() => closing.removeEventListener('abort', kill))
    const reply = await line.#next(0, secondsMax, [printLength(model.length), model])
    if (reply?.kind === 'ready') return line
    line.kill()
    await line.ended
    return { reply, untrustedComplaint: line.#complaint }
  }

  /** Scores that its model gives of each picture. */
  get outputs(): number {
    return this.#outputs ?? 0
  }

  get isOpen(): boolean {
    return !this.#gone
  }

  /** Pictures that it was given. */
  get asked(): number {
    return this.#sequence
  }

  /** Says numbers of one picture; undefined where the child is lost over it, or took too long and was ended. */
  ask(pixels: Buffer, secondsMax: number): Promise<Reply | undefined> {
    this.#sequence += 1
    return this.#next(this.#sequence, secondsMax, [printPictureHead(this.#sequence), pixels])
  }

  /** Ends a child that has nothing in hand, gently; one that does not end on its own is killed. */
  async retire(secondsMax: number): Promise<void> {
    if (!this.#gone) this.#child.stdin.end()
    const timer = setTimeout(() => this.kill(), secondsMax * 1000)
    await this.ended
    clearTimeout(timer)
  }

  /** Ends the child at once. */
  kill(): void {
    this.#child.kill('SIGKILL')
  }

  #next(sequence: number, secondsMax: number, given: readonly Buffer[]): Promise<Reply | undefined> {
    return new Promise((settle) => {
      if (this.#gone) {
        settle(undefined)
        return
      }
      const timer = setTimeout(() => this.kill(), secondsMax * 1000)
      this.#awaited = { sequence, timer, settle }
      for (const part of given) this.#child.stdin.write(part)
    })
  }

  #settle(reply: Reply | undefined): void {
    const awaited = this.#awaited
    this.#awaited = undefined
    this.#received = Buffer.alloc(0)
    if (!awaited) return
    clearTimeout(awaited.timer)
    awaited.settle(reply)
  }

  #take(chunk: Buffer): void {
    if (!this.#awaited) {
      this.kill() // it speaks without having been asked
      return
    }
    this.#received = Buffer.concat([this.#received, chunk])
    const { sequence } = this.#awaited
    const read = parseReply(this.#received, {
      sequence,
      outputs: this.#outputs,
      outputsMax: this.#outputsMax,
    })
    switch (read.kind) {
      case 'more':
        return
      case 'invalid':
        this.kill()
        return
      case 'reply':
        if (read.reply.kind === 'ready') this.#outputs = read.reply.outputs
        this.#settle(read.reply)
    }
  }
}
