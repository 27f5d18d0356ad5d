/** Pages: every frame of an animation or page of a document, in ranges: one at a time is quadratic. */

import type { Pixels } from '@tutela/kernels/pdq'
import type { Metadata } from 'sharp'
import type { Gathering } from './gathering.ts'
import { opened, type Part, pixelsOf, reasonOf, strictElseLenient } from './single.ts'

/** Pixels decoded at once in a range, and pages at most. */
const RANGE_PIXELS = 24_000_000
const RANGE_PAGES = 64

/** What a file says of its pages. */
export interface Paged {
  readonly pages: number
  /** Pixels of the first page; others may differ in a TIFF. */
  readonly pixels: number
  readonly grey: boolean
  readonly subifds: number
}

function paged(metadata: Metadata): Paged {
  return {
    pages: Math.max(1, metadata.pages ?? 1),
    pixels: metadata.width * (metadata.pageHeight ?? metadata.height),
    grey: metadata.channels <= 2,
    subifds: metadata.subifds ?? 0,
  }
}

/** Reads what a file says of its pages, or of one of them; undefined, and noted, when it cannot be told. */
export async function pagesOf(
  gathering: Gathering,
  bytes: Buffer,
  page?: number,
): Promise<Paged | undefined> {
  const part = { rigour: 'lenient', ...(page !== undefined && { pages: [page, 1] as const }) } as const
  try {
    return paged(await opened(bytes, gathering.limits.pixelsMax, part).metadata())
  } catch (error) {
    gathering.skip(reasonOf(error))
    return undefined
  }
}

/** Cuts a range of pages, decoded one below another, into its pages; the bytes are shared, not copied. */
function cut(range: Pixels, count: number): readonly Pixels[] {
  const height = range.height / count
  const pageBytes = range.width * height * range.channels
  return Array.from({ length: count }, (_, page) => ({
    ...range,
    height,
    data: range.data.subarray(page * pageBytes, (page + 1) * pageBytes),
  }))
}

async function rangeOf(
  bytes: Buffer,
  part: Part & { pages: readonly [number, number] },
): Promise<readonly Pixels[]> {
  const count = part.pages[1]
  const range = await pixelsOf(bytes, RANGE_PIXELS * 2, part)
  if (range.height % count !== 0) throw new Error('pages of unequal height')
  return cut(range, count)
}

/** Decodes a range; undefined when the pages are unequal or one of them fails. */
async function tryRange(
  bytes: Buffer,
  grey: boolean,
  pages: readonly [number, number],
): Promise<readonly Pixels[] | undefined> {
  try {
    return await rangeOf(bytes, { grey, pages, rigour: 'sound' }) // the warnings of these formats are about tags
  } catch {
    return undefined
  }
}

async function onePage(gathering: Gathering, bytes: Buffer, page: number): Promise<void> {
  const said = await pagesOf(gathering, bytes, page)
  if (said === undefined) return
  const pixels = await strictElseLenient(gathering, bytes, { grey: said.grey, pages: [page, 1] })
  if (pixels === undefined) gathering.skip('decoder-failed')
  else gathering.add(pixels)
}

/** Pages read one by one, for those that differ in size or colour or where one is broken. */
async function pageByPage(gathering: Gathering, bytes: Buffer, from: number, to: number): Promise<void> {
  for (let page = from; page < to && !gathering.isFull(); page += 1) {
    await onePage(gathering, bytes, page)
  }
}

async function ranges(gathering: Gathering, bytes: Buffer, said: Paged, to: number): Promise<void> {
  const most = Math.max(1, Math.min(RANGE_PAGES, Math.floor(RANGE_PIXELS / said.pixels)))
  for (let page = 0; page < to && !gathering.isFull(); ) {
    const count = Math.min(most, to - page)
    const frames = count === 1 ? undefined : await tryRange(bytes, said.grey, [page, count])
    if (frames === undefined) await pageByPage(gathering, bytes, page, page + count)
    else for (const frame of frames) gathering.add(frame)
    page += count
  }
}

/** Decodes every page of a file that may have several. */
export async function decodePages(gathering: Gathering, bytes: Buffer): Promise<Paged | undefined> {
  const said = await pagesOf(gathering, bytes)
  if (said === undefined) return undefined
  if (said.pages === 1) {
    const pixels = await strictElseLenient(gathering, bytes, { grey: said.grey })
    if (pixels === undefined) gathering.skip('decoder-failed')
    else gathering.add(pixels)
    return said
  }
  const to = Math.min(said.pages, gathering.limits.framesMax)
  await ranges(gathering, bytes, said, to)
  if (to < said.pages) gathering.miss('frames-limit')
  return said
}
