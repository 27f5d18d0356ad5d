/** Site: a web server on loopback for one test, and a client with its own view of names and of what is public. */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { wireWith } from '#ground/wire/ask'

export interface Site {
  readonly server: Server
  readonly port: number
  /** `http://127.0.0.1:PORT` */
  readonly origin: string
}

/** Starts a server that is gone after the test. */
export async function site(answer: RequestListener, host = '127.0.0.1'): Promise<Site> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return { server, port, origin: `http://${host}:${port}` }
}

/** A client for which only the named addresses are public, and names are what the test says. */
export function viewOf(view: {
  readonly public: readonly string[]
  readonly names?: Record<string, string[][]>
}) {
  const looked: string[] = []
  const wire = wireWith({
    isPublic: (address) => view.public.includes(address),
    resolve: (name, told) => {
      looked.push(name)
      const answers = view.names?.[name] ?? []
      const addresses = (answers.length > 1 ? answers.shift() : answers[0]) ?? []
      told(
        null,
        addresses.map((address) => ({ address, family: 4 })),
      )
    },
  })
  onTestFinished(wire.close)
  return { ask: wire.ask, looked }
}
