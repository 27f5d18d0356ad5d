/** XML: one document read strictly, namespaces and all, and handed over as small trees within limits. */
import { SaxesParser, type SaxesTagNS } from 'saxes'

/** An element. Names are local; `namespace` is told where it is not the document's own. */
export interface XmlElement {
  readonly name: string
  readonly namespace?: string
  readonly attributes?: Readonly<Record<string, string>>
  /** Text, CDATA and references joined, without the space at its ends. */
  readonly text?: string
  readonly children?: readonly XmlElement[]
}

/** What follows a document as it is read. */
export interface XmlWatch {
  /** The namespace that the document must have. */
  readonly namespace: string
  /** An element opens outside any tree: `enter` it, or take it as a `tree`. `depth` is 0 for the root. */
  opens(element: XmlElement, depth: number): 'enter' | 'tree'
  /** A tree is whole; `line` is where it ends, `above` the element it stands in. */
  tree(element: XmlElement, above: XmlElement, line: number): void
  /** Refuses the document; always throws. */
  refuse(reason: string): never
}

/** Deepest nesting of elements, the root counted. */
export const XML_DEPTH_MAX = 32
/** Elements of one tree. */
export const XML_ELEMENTS_MAX = 50_000
/** Attributes of one element. */
export const XML_ATTRIBUTES_MAX = 64
/** Longest tag, text, comment or instruction, in UTF-16 units. */
export const XML_PIECE_MAX = 1 << 18
/** Texts and attributes of one tree, in UTF-16 units. */
export const XML_TEXT_MAX = 1 << 22
/** Units handed to the parser at once, so that the limits are looked at often. */
const SLICE = 1 << 16

type DraftElement = { -readonly [F in keyof XmlElement]: XmlElement[F] }

/** An element whose end has not come yet. */
interface OpenElement {
  readonly element: DraftElement
  readonly children: XmlElement[]
  text: string
}

/**
 * Reads one XML document in UTF-8. There is no document type, so no entity but the five of XML itself; what is not well-formed,
 * not UTF-8, too deep or too long is refused.
 */
export class XmlReader {
  readonly #watch: XmlWatch
  readonly #parser = new SaxesParser({ xmlns: true })
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })
  /** Elements entered, the root first. */
  readonly #entered: XmlElement[] = []
  /** Elements of the tree being put together, its top first. */
  readonly #tree: OpenElement[] = []
  #elements = 0
  #units = 0
  /** Units since the last piece was whole. */
  #piece = 0

  constructor(watch: XmlWatch) {
    this.#watch = watch
    const parser = this.#parser
    parser.on('error', (error) => watch.refuse(`is no well-formed XML: ${error.message.slice(0, 200)}`))
    parser.on('doctype', () => watch.refuse(DOCTYPE))
    parser.on('xmldecl', ({ encoding }) => this.#encoding(encoding))
    parser.on('opentag', (tag) => this.#open(tag))
    parser.on('closetag', () => this.#close())
    parser.on('text', (text) => this.#text(text))
    parser.on('cdata', (text) => this.#text(text))
    parser.on('comment', () => this.#whole())
    parser.on('processinginstruction', () => this.#whole())
  }

  take(bytes: Uint8Array): void {
    this.#write(this.#decode(bytes, true))
  }

  /** Takes in the end of the document. */
  end(): void {
    this.#write(this.#decode(undefined, false))
    this.#parser.close()
  }

  #decode(bytes: Uint8Array | undefined, stream: boolean): string {
    try {
      return this.#decoder.decode(bytes, { stream })
    } catch {
      return this.#watch.refuse(`is not UTF-8 text after line ${this.#parser.line}`)
    }
  }

  #write(text: string): void {
    for (let at = 0; at < text.length; at += SLICE) {
      const slice = text.slice(at, at + SLICE)
      this.#piece += slice.length
      this.#parser.write(slice)
      if (this.#piece > XML_PIECE_MAX) this.#refuse(`holds a piece longer than ${XML_PIECE_MAX} characters`)
    }
  }

  #refuse(reason: string): never {
    return this.#watch.refuse(`line ${this.#parser.line}: ${reason}`)
  }

  #whole(): void {
    this.#piece = 0
  }

  #encoding(encoding: string | undefined): void {
    if (encoding !== undefined && !/^utf-?8$/i.test(encoding))
      this.#watch.refuse(`says that it is not UTF-8 but ${JSON.stringify(encoding.slice(0, 24))}`)
  }

  #open(tag: SaxesTagNS): void {
    this.#whole()
    const depth = this.#entered.length + this.#tree.length
    if (depth >= XML_DEPTH_MAX) this.#refuse(`is nested deeper than ${XML_DEPTH_MAX} elements`)
    const element = this.#element(tag)
    if (this.#tree.length === 0 && this.#watch.opens(element, depth) === 'enter') {
      this.#entered.push(element)
      return
    }
    if (this.#tree.length === 0) this.#elements = this.#units = 0
    this.#tree.push({ element, children: [], text: '' })
    this.#elements++
    if (this.#elements > XML_ELEMENTS_MAX)
      this.#refuse(`holds an entry of more than ${XML_ELEMENTS_MAX} elements`)
  }

  /** Made field by field: there are ten elements to an entry. */
  #element({ local, uri, attributes }: SaxesTagNS): DraftElement {
    const element: DraftElement = { name: local }
    if (uri !== this.#watch.namespace) element.namespace = uri
    let given: Record<string, string> | undefined
    let count = 0
    for (const key in attributes) {
      const { name, prefix, value } = attributes[key] ?? NO_ATTRIBUTE
      if (prefix === 'xmlns' || name === 'xmlns') continue
      if (++count > XML_ATTRIBUTES_MAX)
        this.#refuse(`holds an element of more than ${XML_ATTRIBUTES_MAX} attributes`)
      if (this.#tree.length > 0) this.#count(name.length + value.length)
      given ??= Object.create(null) as Record<string, string>
      given[name] = value
    }
    if (given) element.attributes = { ...given }
    return element
  }

  #text(text: string): void {
    this.#whole()
    const open = this.#tree.at(-1)
    if (open) {
      open.text += text
      this.#count(text.length)
    } else if (text.trim() !== '') this.#refuse('holds text where only elements stand')
  }

  #count(units: number): void {
    this.#units += units
    if (this.#units > XML_TEXT_MAX) this.#refuse(`holds an entry of more than ${XML_TEXT_MAX} characters`)
  }

  #close(): void {
    this.#whole()
    const open = this.#tree.pop()
    if (!open) {
      this.#entered.pop()
      return
    }
    const { element, children } = open
    const text = open.text.trim()
    if (text !== '') element.text = text
    if (children.length > 0) element.children = children
    const parent = this.#tree.at(-1)
    const above = this.#entered.at(-1)
    if (parent) parent.children.push(element)
    else if (above) this.#watch.tree(element, above, this.#parser.line)
  }
}

const NO_ATTRIBUTE = { name: 'xmlns', prefix: '', value: '' }
const DOCTYPE = 'has a document type, which no list has: it is not read'
