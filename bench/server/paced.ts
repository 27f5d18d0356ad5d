/** Paced: requests sent evenly, whether or not earlier ones were answered, and how long each took from when it was due. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface Paced {
  readonly url: string
  readonly key: string
  /** Requests a second. */
  readonly rate: number
  readonly seconds: number
  /** Most requests in hand at once; one that finds none free waits, and its wait counts. */
  readonly connections: number
  readonly paths: readonly string[]
}

/** How often what is due is sent: finer timers do not wake in time. */
const TURN_MILLISECONDS = 1
const STATUS_OK = 'HTTP/1.1 200'

/** Sends requests at a rate. @returns milliseconds each took, in order of length, and how many were refused */
export async function paced(asked: Paced): Promise<{ times: Float64Array; refused: number }> {
  const { hostname, port } = new URL(asked.url)
  const requests = asked.paths.map(
    (path) => `GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${asked.key}\r\n\r\n`,
  )
  const times: number[] = []
  const free: Line[] = []
  let refused = 0
  const lines = await Promise.all(
    Array.from({ length: asked.connections }, () =>
      Line.open(hostname, Number(port), (line, isOk) => {
        times.push(performance.now() - line.dueAt)
        if (!isOk) refused++
        free.push(line)
      }),
    ),
  )
  free.push(...lines)
  const begun = performance.now()
  const count = Math.floor(asked.rate * asked.seconds)
  for (let sent = 0; sent < count; ) {
    const now = performance.now()
    // What fell due since the last turn is sent now: that this process slept is not the service's doing.
    while (sent < count && begun + (sent * 1000) / asked.rate <= now && free.length > 0) {
      free.pop()?.send(requests[sent % requests.length] ?? '', now)
      sent++
    }
    await new Promise((resolve) => setTimeout(resolve, TURN_MILLISECONDS))
  }
  while (free.length < lines.length) await new Promise((resolve) => setTimeout(resolve, TURN_MILLISECONDS))
  for (const line of lines) line.close()
  return { times: Float64Array.from(times).sort(), refused }
}

/** One kept connection with at most one request on it. */
class Line {
  readonly #socket: Socket
  #answer = ''
  dueAt = 0

  private constructor(socket: Socket, told: (line: Line, isOk: boolean) => void) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (bytes) => {
      this.#answer += bytes.toString('latin1')
      if (!isWhole(this.#answer)) return
      const isOk = this.#answer.startsWith(STATUS_OK)
      this.#answer = ''
      told(this, isOk)
    })
  }

  static async open(host: string, port: number, told: (line: Line, isOk: boolean) => void): Promise<Line> {
    const socket = connect(port, host)
    await once(socket, 'connect')
    return new Line(socket, told)
  }

  send(request: string, dueAt: number): void {
    this.dueAt = dueAt
    this.#socket.write(request, 'latin1')
  }

  close(): void {
    this.#socket.destroy()
  }
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n')
  if (end < 0) return false
  const length = /content-length: (\d+)/i.exec(answer)?.[1]
  return length !== undefined && answer.length >= end + 4 + Number(length)
}
