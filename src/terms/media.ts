/** Media: what reading one file gave: digests always, and hashes of its pictures where it holds any. */
import type { ViewLevel } from './evidence.ts'
import type { Md5, Sha1, Sha256 } from './hash.ts'
import type { Reason, Region } from './verdict.ts'

/** Picture formats that are decoded. */
export type PictureFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'avif' | 'heic' | 'bmp'

/** PDQ of one region of one frame or page. */
export interface FrameHashes {
  /** Frame or page, counted from 0. */
  readonly frame: number
  readonly region: Region
  /** PDQ quality, 0 to 100. */
  readonly quality: number
  /** Eight 32-byte PDQ hashes, in the order of `ORIENTATIONS`. */
  readonly orientations: Uint8Array
}

/** What a file's content is, and what could be hashed of it. */
export type Content =
  | {
      readonly kind: 'picture'
      readonly format: PictureFormat
      /** Pixels of the first frame as decoded; both 0, without frames, when the pixels were not asked for. */
      readonly width: number
      readonly height: number
      readonly frames: readonly FrameHashes[]
      /** Why some part of the picture could not be hashed; absent when every distinct frame was. */
      readonly incomplete?: Reason
    }
  /** Content that can hold no picture: its digests say all. */
  | { readonly kind: 'other'; readonly format?: string }
  /** Content that holds or may hold a picture which could not be hashed. */
  | { readonly kind: 'unknown'; readonly because: Reason; readonly format?: string }

/** The digests of a file's bytes. */
export interface Digests {
  readonly bytes: number
  readonly md5: Md5
  readonly sha1: Sha1
  readonly sha256: Sha256
}

/** What became of reading one file. */
export type FileReading =
  | { readonly kind: 'read'; readonly digests: Digests; readonly content: Content }
  | { readonly kind: 'unread'; readonly because: Extract<Reason, 'unreadable' | 'permission' | 'vanished'> }

/** How the decoding children were confined, as the summary states it. */
export interface SandboxUsed {
  readonly asked: 'auto' | 'require' | 'off'
  /** Measures in force, strongest first; empty when none is. */
  readonly measures: readonly ('uid' | 'bubblewrap' | 'rlimits')[]
  /** One plain sentence for a person, naming what is missing and why where something is. */
  readonly words: string
}

/** What is to be shown of a picture. */
export interface RenderAsked {
  readonly level: Exclude<ViewLevel, 'card'>
  /** Frame or page, counted from 0; the first unless given. */
  readonly frame?: number
  /** Of a region: a rectangle in pixels of the picture as it stands upright. */
  readonly region?: {
    readonly left: number
    readonly top: number
    readonly width: number
    readonly height: number
  }
  /** The screen that a region or the whole picture is fitted into; 1920 by 1080 unless given. */
  readonly screen?: { readonly width: number; readonly height: number }
}

/** A picture drawn out to the size that was asked for, for a program: red, green, blue, row by row. */
export type DrawnExactly =
  | { readonly kind: 'pixels'; readonly pixels: Buffer }
  | { readonly kind: 'unknown'; readonly because: Reason }

/** A picture made for one viewing from pixels alone: no metadata, none of the original's bytes. */
export type Rendering =
  | {
      readonly kind: 'rendered'
      readonly mediaType: 'image/png' | 'image/jpeg'
      readonly bytes: Buffer
      readonly width: number
      readonly height: number
      /** Frames or pages that the file has. */
      readonly frames: number
      /** Pixels of the frame as it stands upright. */
      readonly source: { readonly width: number; readonly height: number }
      /** True when all of a sound file that can be a picture was shown, large enough to be seen. */
      readonly isWhole: boolean
    }
  | { readonly kind: 'unknown'; readonly because: Reason }
