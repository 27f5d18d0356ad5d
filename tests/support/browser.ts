/** Browser: a Chromium that knows nobody, and what is on its screen as numbers. */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core'
import sharp from 'sharp'

const CHROMIUM = '/usr/bin/chromium'
const SWITCHES = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--force-color-profile=srgb',
]

/** True where there is a browser to try pages in. */
export const HAS_BROWSER = existsSync(CHROMIUM)

/** A browser; whoever opens it closes it, and nothing of it stays. */
export async function openBrowser(): Promise<{ browser: Browser; close(): Promise<void> }> {
  const home = await mkdtemp(join(tmpdir(), 'tutela-browser-'))
  const env = { ...process.env, HOME: home }
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: SWITCHES, env })
  const close = async (): Promise<void> => {
    await browser.close()
    await rm(home, { recursive: true, force: true })
  }
  return { browser, close }
}

/** A page of somebody who is signed in. */
export async function pageOf(
  browser: Browser,
  { address, token }: { readonly address: string; readonly token: string },
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  await context.addCookies([{ name: 'tutela', value: token, url: address }])
  return context.newPage()
}

/** Red, green and blue of a picture. */
export interface Pixels {
  readonly data: Buffer
  readonly width: number
  readonly height: number
}

/** What a file shows. @param size drawn to it, smoothly */
export async function pixelsOf(bytes: Buffer, size?: { width: number; height: number }): Promise<Pixels> {
  const read = sharp(bytes).toColourspace('srgb').removeAlpha()
  const sized = size ? read.resize({ ...size, fit: 'fill', kernel: 'linear' }) : read
  const { data, info } = await sized.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

/** What is on the screen where an element is. */
export async function screenOf(place: Locator): Promise<Pixels> {
  return pixelsOf(await place.screenshot({ animations: 'disabled' }))
}

/** How far two pictures of one size are apart: the mean of the differences, 0 to 255. */
export function meanApart(one: Pixels, other: Pixels): number {
  if (one.width !== other.width || one.height !== other.height)
    throw new Error(`${one.width} x ${one.height} is not ${other.width} x ${other.height}`)
  let sum = 0
  for (let at = 0; at < one.data.length; at++) sum += Math.abs((one.data[at] ?? 0) - (other.data[at] ?? 0))
  return sum / one.data.length
}

/** Detail: the mean step from each point to the one beside it, 0 to 255. What is blurred has little. */
export function detailOf({ data, width, height }: Pixels): number {
  let sum = 0
  for (let row = 0; row < height; row++)
    for (let at = row * width * 3; at < ((row + 1) * width - 1) * 3; at++)
      sum += Math.abs((data[at] ?? 0) - (data[at + 3] ?? 0))
  return sum / (height * (width - 1) * 3)
}

/** Share of points that have a colour. */
export function colouredShare({ data }: Pixels): number {
  let count = 0
  for (let at = 0; at < data.length; at += 3) {
    const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3)
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > 60) count++
  }
  return (count * 3) / data.length
}

/** Keeps a picture of a page where TUTELA_SHOTS names a folder, for people to look at. */
export async function kept(page: Page, name: string): Promise<void> {
  const folder = process.env['TUTELA_SHOTS']
  if (folder === undefined) return
  await mkdir(folder, { recursive: true })
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const path = join(folder, `${name}-${colorScheme}.png`)
    await page.screenshot({ path, animations: 'disabled' }) // else some of the other scheme is still in it
  }
  await page.emulateMedia({ colorScheme: null })
}

/** What axe finds wrong on a page. */
export async function wrongOn(page: Page): Promise<string[]> {
  await page.evaluate(await readFile('node_modules/axe-core/axe.min.js', 'utf8'))
  const found = "axe.run().then((all) => all.violations.map((one) => one.id + ': ' + one.nodes[0].html))"
  return page.evaluate<string[]>(found)
}
