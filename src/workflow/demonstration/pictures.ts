/** Pictures: the generated scenes of the demonstration, labelled, edited, as files with their hashes. */
import { createHash } from 'node:crypto'
import { isSearchable } from '#matching/verdict'
import type { Decoders } from '#media/decoders'
import { asFile, type Edit, edited } from '#scenes/edit'
import { lettered } from '#scenes/letters'
import { type Scene, scene } from '#scenes/scene'
import type { ItemHashes } from '#terms/casework'
import { pdqHash } from '#terms/hash'
import type { EntryHashes } from '#terms/register'
import type { Label, Picture } from './plots.ts'

const WIDTH = 320
const HEIGHT = 240
/** So strong is every edit: seen at a second glance, and within reach of the index. */
const STRENGTH = 0.25
const AS_IF: Readonly<Record<Label, string>> = {
  A: 'AS IF: CATEGORY A',
  B: 'AS IF: CATEGORY B',
  C: 'AS IF: CATEGORY C',
  none: 'AS IF: NO CATEGORY',
}

/** Makes the pictures of a seed; each scene is drawn once. */
export class Pictures {
  readonly #seed: number
  readonly #decoders: Pick<Decoders, 'readBytes'>
  readonly #drawn = new Map<number, Scene>()
  /** A few megabytes altogether. */
  readonly #files = new Map<string, Promise<Buffer>>()

  constructor(seed: number, decoders: Pick<Decoders, 'readBytes'>) {
    this.#seed = seed
    this.#decoders = decoders
  }

  /** A picture as a file. */
  file(picture: Picture): Promise<Buffer> {
    const name = `${picture.scene} ${picture.edit ?? ''}`
    const kept = this.#files.get(name)
    if (kept) return kept
    const made = this.#made(picture)
    this.#files.set(name, made)
    return made
  }

  /** The SHA-256 of its file, hex. */
  async sha256(picture: Picture): Promise<string> {
    return createHash('sha256')
      .update(await this.file(picture))
      .digest('hex')
  }

  /** Its digests and its PDQ hash, as a list would carry them. */
  async hashes(picture: Picture): Promise<EntryHashes> {
    const reading = await this.#decoders.readBytes(await this.file(picture), { pictures: true })
    if (reading.kind === 'unread') throw new Error(`scene ${picture.scene} could not be read`)
    const { md5, sha1, sha256 } = reading.digests
    const { content } = reading
    const frame = content.kind === 'picture' && content.frames.find((one) => one.region === 'whole')
    if (!frame || !isSearchable(frame)) throw new Error(`scene ${picture.scene} has no PDQ`)
    const pdq = pdqHash(Buffer.from(frame.orientations.subarray(0, 32)).toString('hex'))
    return { md5, sha1, sha256, ...(pdq && { pdq }) }
  }

  /** The same as a report carries them. */
  async reported(picture: Picture): Promise<ItemHashes> {
    const { pdq, md5, sha1, sha256 } = await this.hashes(picture)
    const digests = { ...(md5 && { md5 }), ...(sha1 && { sha1 }), ...(sha256 && { sha256 }) }
    return { ...digests, ...(pdq && { pdq: [{ hash: pdq, quality: 100 }] }) }
  }

  async #made({ scene: number, label, edit }: Picture): Promise<Buffer> {
    const drawn = this.#scene(number, label)
    const made = edit === undefined ? await asFile(drawn) : await edited(drawn, edit, strengthOf(edit))
    return made.bytes
  }

  #scene(number: number, label: Label): Scene {
    const drawn = this.#drawn.get(number)
    if (drawn) return drawn
    const lines = [`GENERATED SCENE ${String(number).padStart(3, '0')}`, AS_IF[label]]
    const made = lettered(scene(this.#seed * 1000 + number, WIDTH, HEIGHT), lines)
    this.#drawn.set(number, made)
    return made
  }
}

/** A caption as wide as a fourth of its range would hide what is below. */
function strengthOf(edit: Edit): number {
  return edit === 'overlay' ? STRENGTH / 4 : STRENGTH
}
