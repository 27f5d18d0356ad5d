import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPdq } from '@tutela/kernels/node'
import { toHex } from '@tutela/kernels/pdq'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scene } from '#scenes/scene'

const CHROMIUM = '/usr/bin/chromium'
const WIDTH = 321
const HEIGHT = 203
const ROOT = 'kernels'

/** The page: loads the built door and the module's bytes, and offers to hash. */
const PAGE = `<!doctype html><title>kernels</title><script type="module">
import { createPdq, toHex } from '/dist/pdq/pdq.js'
const pdq = await createPdq(await (await fetch('/build/pdq.wasm')).arrayBuffer())
globalThis.hashed = ({ bytes, width, height }) => {
  const data = Uint8Array.from(bytes)
  const { quality, orientations } = pdq.hash({ data, width, height, channels: 3 })
  return { quality, hex: toHex(orientations) }
}
</script>`

let server: Server
let address: string
let profile: string

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    const type = path.endsWith('.js')
      ? 'text/javascript'
      : path.endsWith('.wasm')
        ? 'application/wasm'
        : 'text/html'
    const body = path === '/' ? PAGE : await readFile(join(ROOT, path)).catch(() => undefined)
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': type }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  profile = await mkdtemp(join(tmpdir(), 'tutela-browser-'))
})

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve))
  await rm(profile, { recursive: true, force: true })
})

describe('the PDQ kernel in a browser', () => {
  it.skipIf(!existsSync(CHROMIUM))(
    'gives the hashes that it gives in Node, from the same bytes',
    async () => {
      const made = scene(5, WIDTH, HEIGHT)
      const inNode = (await openPdq()).hash({ data: made.data, width: WIDTH, height: HEIGHT, channels: 3 })
      const browser = await chromium.launchPersistentContext(profile, {
        executablePath: CHROMIUM,
        args: [
          '--no-sandbox',
          '--disable-gpu',
          '--disable-quic',
          '--no-first-run',
          '--disable-background-networking',
        ],
      })
      try {
        const page = await browser.newPage()
        await page.goto(address)
        await page.waitForFunction('globalThis.hashed !== undefined')
        const given = {
          bytes: [...made.data],
          width: WIDTH,
          height: HEIGHT,
        }
        const inBrowser = await page.evaluate(`hashed(${JSON.stringify(given)})`)
        expect(inBrowser).toEqual({ quality: inNode.quality, hex: toHex(inNode.orientations) })
      } finally {
        await browser.close()
      }
    },
  )
})
