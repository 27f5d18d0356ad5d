/** Owner: a program of its own process group that opens decoders, and prints one line of JSON on what came of it. */
import { readdirSync, readFileSync } from 'node:fs'
import { openDecoders } from '../../../dist/media/decoders.js'

const [deed, sandbox, ...files] = process.argv.slice(2)
/** One child, which the probe has started, where signals are sent: one that only starts is not deaf to them yet. */
const JOBS = deed === 'signals' || deed === 'work' ? 1 : 2

/** All processes beneath this one that still run. */
function beneath(parent = process.pid) {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.flatMap((pid) => {
    let stat = ''
    try {
      stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    } catch {
      return [] // it ended meanwhile
    }
    const [state, above] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return Number(above) === parent && state !== 'Z' ? [Number(pid), ...beneath(Number(pid))] : []
  })
}

function say(found) {
  process.stdout.write(`${JSON.stringify(found)}\n`)
}

/** Begins to read all files, has `after` done after each, and gives what was said of them. */
function readings(decoders, after = () => {}) {
  return Promise.all(
    files.map(async (file) => {
      const reading = await decoders.read(file, { pictures: true })
      after()
      return reading.kind === 'unread' ? reading.because : (reading.content.because ?? reading.content.kind)
    }),
  )
}

function signal(pid, name) {
  try {
    process.kill(pid, name)
  } catch {
    // it ended meanwhile
  }
}

const deeds = {
  async close(decoders) {
    const said = readings(decoders)
    await decoders.close()
    const left = beneath()
    say({ said: await said, left })
  },
  async read(decoders) {
    let most = 0
    const said = await readings(decoders, () => {
      const children = readdirSync(`/proc/${process.pid}/task`).flatMap((task) =>
        readFileSync(`/proc/${process.pid}/task/${task}/children`, 'latin1').split(' ').filter(Boolean),
      )
      most = Math.max(most, children.length)
    })
    await decoders.close()
    say({ said, most, jobs: JOBS })
  },
  async signals(decoders) {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {})
    const said = await readings(decoders, () => {
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
        signal(-process.pid, name)
        for (const pid of beneath()) signal(pid, name)
      }
    })
    await decoders.close()
    say({ said })
  },
  async work(decoders) {
    let begun = false
    for (;;) {
      await readings(decoders, () => {
        if (!begun) say({ beneath: beneath() })
        begun = true
      })
    }
  },
}

await deeds[deed](await openDecoders({ jobs: JOBS, sandbox }))
