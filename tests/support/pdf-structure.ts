/** PDF structure: what a tagged PDF says to a reading program: its elements in order, and what is outside them. */
import { inflateSync } from 'node:zlib'

/** One element of the structure, and what stands in it: further elements, and marked content of a page. */
interface Element {
  readonly tag: string
  readonly children: readonly Element[]
  /** `page/number` of each piece of marked content. */
  readonly content: readonly string[]
}

/** What of a PDF was read. */
export interface PdfStructure {
  readonly catalog: string
  readonly title: string
  /** True where a viewer is told to show the title in place of the file's name. */
  readonly showsTitle: boolean
  readonly metadata: string
  readonly root: Element
  /** Every element, in the order in which it is read aloud. */
  readonly elements: readonly Element[]
  /** Marked content on the pages: `page/number`, in the order in which it is drawn. */
  readonly drawn: readonly string[]
  /** Places where text is drawn that is neither marked nor an artifact. */
  readonly untagged: number
  readonly artifacts: number
  readonly fonts: readonly { readonly name: string; readonly isEmbedded: boolean }[]
}

/** Reads the structure of a PDF as `setRecord` writes it: plain objects, none within another's stream. */
export function pdfStructure(pdf: Buffer): PdfStructure {
  const objects = objectsOf(pdf)
  const trailer = pdf.subarray(pdf.lastIndexOf('trailer')).toString('latin1')
  const named = (text: string, name: string): string => objects.get(refIn(text, name) ?? -1)?.head ?? ''
  const catalog = named(trailer, 'Root')
  const pages = [...objects].filter(([, { head }]) => /\/Type \/Page\n/.test(head)).map(([number]) => number)
  const drawings = pages.map((page) =>
    drawingOf(objects.get(refIn(objects.get(page)?.head ?? '', 'Contents') ?? -1)?.stream ?? '', page),
  )
  const root = elementOf(objects, refIn(named(catalog, 'StructTreeRoot'), 'K') ?? -1, pages)
  const fonts = [...objects.values()].filter(({ head }) => /\/Type \/Font\n/.test(head))
  return {
    ...{ catalog, root, elements: flat(root) },
    title: named(named(trailer, 'Info'), 'Title').trim(),
    showsTitle: named(catalog, 'ViewerPreferences').includes('/DisplayDocTitle true'),
    metadata: objects.get(refIn(catalog, 'Metadata') ?? -1)?.stream ?? '',
    drawn: drawings.flatMap(({ marked }) => marked),
    untagged: drawings.reduce((sum, one) => sum + one.untagged, 0),
    artifacts: drawings.reduce((sum, one) => sum + one.artifacts, 0),
    fonts: fonts.map(({ head }) => ({
      name: /\/BaseFont \/(\S+)/.exec(head)?.[1] ?? '',
      isEmbedded: /\/FontDescriptor|\/DescendantFonts/.test(head),
    })),
  }
}

interface PdfObject {
  readonly head: string
  readonly stream: string
}

function objectsOf(pdf: Buffer): Map<number, PdfObject> {
  const objects = new Map<number, PdfObject>()
  const text = pdf.toString('latin1')
  for (const found of text.matchAll(/^(\d+) 0 obj\n/gm)) {
    const begin = found.index + found[0].length
    const body = text.slice(begin, text.indexOf('\nendobj', begin))
    const at = body.indexOf('\nstream\n')
    const head = at < 0 ? `${body}\n` : body.slice(0, at + 1)
    const raw = pdf.subarray(begin + at + '\nstream\n'.length)
    const isPacked = head.includes('/FlateDecode')
    const plain = (): string => (isPacked ? inflateSync(raw).toString('latin1') : body.slice(at))
    objects.set(Number(found[1]), { head, stream: at < 0 ? '' : plain() })
  }
  return objects
}

function refIn(text: string, name: string): number | undefined {
  const found = new RegExp(`/${name} \\[?(\\d+) 0 R`).exec(text)?.[1]
  return found === undefined ? undefined : Number(found)
}

function elementOf(
  objects: ReadonlyMap<number, PdfObject>,
  number: number,
  pages: readonly number[],
): Element {
  const head = objects.get(number)?.head
  if (head === undefined) throw new Error(`there is no object ${number}`)
  const kids = /\/K \[([^\]]*)\]/.exec(head)?.[1] ?? ''
  const [children, content]: [Element[], string[]] = [[], []]
  for (const [, ref, mcid] of kids.matchAll(/(\d+) 0 R|(\d+)/g)) {
    const kid = objects.get(Number(ref))?.head ?? ''
    if (mcid !== undefined) content.push(`${refIn(head, 'Pg')}/${mcid}`)
    else if (kid.includes('/Type /MCR')) content.push(`${refIn(kid, 'Pg')}/${/\/MCID (\d+)/.exec(kid)?.[1]}`)
    else children.push(elementOf(objects, Number(ref), pages))
  }
  for (const [, inline = ''] of kids.matchAll(/<<([^>]*\/Type \/MCR[^>]*)>>/g))
    content.push(`${refIn(inline, 'Pg')}/${/\/MCID (\d+)/.exec(inline)?.[1]}`)
  return { tag: /\/S \/(\w+)/.exec(head)?.[1] ?? '', children, content }
}

function flat(element: Element): Element[] {
  return [element, ...element.children.flatMap(flat)]
}

/** What of a page's drawing is marked, what is an artifact, and what is neither. */
function drawingOf(stream: string, page: number) {
  const marked: string[] = []
  let [untagged, artifacts, depth] = [0, 0, 0]
  for (const [word, mcid] of stream.matchAll(
    /\/MCID (\d+)|\bBDC\b|\bBMC\b|\bEMC\b|\bT[jJ]\b|\/Artifact\b/g,
  )) {
    if (mcid !== undefined) marked.push(`${page}/${mcid}`)
    else if (word === '/Artifact') artifacts += 1
    else if (word === 'BDC' || word === 'BMC') depth += 1
    else if (word === 'EMC') depth -= 1
    else if (depth === 0) untagged += 1
  }
  return { marked, untagged, artifacts }
}
