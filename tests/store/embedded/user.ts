/** User: a process that opens the store of a data directory, and closes it when its input ends. */
import { openStore } from '#store/open'

const [, , data] = process.argv
const store = await openStore({ data, create: true })
const { rows } = await store.database.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
process.stdout.write(`${rows[0]?.pid}\n`)
process.stdin.resume()
process.stdin.on('end', () => void store.close())
