/** Turn: of the processes that find the server down, one at a time looks and starts it. */
import { createHash } from 'node:crypto'
import { createServer } from 'node:net'

/**
 * Runs `work` while no other process does the same for the same secret.
 *
 * The turn is a name that the kernel gives to one process and takes back when that ends, however it ends. Only Linux has such
 * names; elsewhere PostgreSQL's own lock file alone decides between two starts.
 *
 * @returns what `work` returned, or undefined when another process has the turn
 */
export async function inTurn<T>(secret: string, work: () => Promise<T>): Promise<T | undefined> {
  if (process.platform !== 'linux') return work()
  const name = `\0tutela-${createHash('sha256').update(`turn ${secret}`).digest('hex')}`
  const server = createServer((socket) => socket.destroy())
  const has = await new Promise<boolean>((resolve) => {
    server.on('error', () => resolve(false))
    server.listen(name, () => resolve(true))
  })
  if (!has) return undefined
  try {
    return await work()
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
}
