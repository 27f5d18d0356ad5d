/** Started: the built program as a service of its own, at any port. */
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { onTestFinished } from 'vitest'
import { ended, started } from './command.ts'

export interface Service {
  readonly child: ChildProcess
  readonly url: string
  /** What it logged until now. */
  log(): string
}

/** Starts the service at any port; it has ended when the test is over. */
export async function service(environment: NodeJS.ProcessEnv): Promise<Service> {
  const child = started(['start', '--port', '0', '--json'], environment)
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const said = ended(child)
  const logged: Buffer[] = []
  child.stderr?.on('data', (chunk: Buffer) => logged.push(chunk))
  const log = (): string => Buffer.concat(logged).toString()
  for await (const line of createInterface(child.stdout as Readable)) {
    const { kind, url } = JSON.parse(line) as { kind: string; url: string }
    if (kind === 'listening') return { child, url, log }
  }
  throw new Error(`the service ended before it listened: ${(await said).stderr}`)
}
