/** Trespasser: tries what a confined program must not be able to do, and prints what came of it as JSON. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'

const [port, secret, ...folders] = process.argv.slice(2)

function tried(act) {
  try {
    act()
    return 'done'
  } catch (error) {
    return error.code ?? String(error)
  }
}

const connected = await new Promise((resolve) => {
  const socket = connect(Number(port), '127.0.0.1')
  socket.once('connect', () => resolve('done'))
  socket.once('error', (error) => resolve(error.code))
})

function status() {
  try {
    return readFileSync('/proc/self/status', 'latin1')
  } catch {
    return ''
  }
}

const writes = folders.map((folder) => [
  folder,
  tried(() => writeFileSync(`${folder}/trespass`, 'a file with words in it')),
])
const found = {
  uid: process.getuid(),
  gid: process.getgid(),
  groups: /^Groups:[ \t]*(.*?)[ \t]*$/m.exec(status())?.[1] ?? '',
  rights: /^CapEff:\s*(\w+)/m.exec(status())?.[1] ?? '',
  env: Object.keys(process.env),
  shadow: tried(() => readFileSync('/etc/shadow')),
  secret: tried(() => readFileSync(secret)),
  home: tried(() => readdirSync('/root')),
  processes: tried(() => readFileSync(`/proc/${process.ppid}/status`)),
  connected,
  writes: Object.fromEntries(writes),
  memory: tried(() => Buffer.alloc(2_000_000_000)),
}
process.stdout.write(JSON.stringify(found))
