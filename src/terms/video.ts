/** Video: which frames of one are asked for, and what is shown of them: pictures without sound, each by itself. */
import type { RenderAsked } from './media.ts'
import type { Reason } from './verdict.ts'

/** The most frames that one viewing shows. */
export const VIDEO_FRAMES_MAX = 60
/** The longest video, in seconds. */
export const VIDEO_SECONDS_MAX = 1_000_000

/** Which frames of a video are asked for. */
export type FramesAsked =
  /** So many frames: half of them spread evenly, half where the picture changes most. */
  | { readonly kind: 'strip'; readonly frames: number }
  /** The first frame of each second from one to another, which is left out; counted from the first frame. */
  | { readonly kind: 'seconds'; readonly from: number; readonly until: number }

/** What is to be shown of a video. */
export interface VideoAsked extends Omit<RenderAsked, 'frame'> {
  readonly frames: FramesAsked
}

/** One frame, made anew from pixels alone. */
export interface VideoFrame {
  /** From the first frame of the video. */
  readonly milliseconds: number
  readonly mediaType: 'image/png' | 'image/jpeg'
  readonly bytes: Buffer
  readonly width: number
  readonly height: number
}

/** Frames made for one viewing. */
export type VideoRendering =
  | {
      readonly kind: 'rendered'
      readonly frames: readonly VideoFrame[]
      /** Seconds of the video: the second of its last frame, and one. */
      readonly secondsInAll: number
      /** Pixels of a frame as it stands upright. */
      readonly source: { readonly width: number; readonly height: number }
      /**
       * True where every second that was asked for was shown in full, large enough to be seen, of a file with one video in
       * it.
       */
      readonly isEverySecond: boolean
    }
  | { readonly kind: 'unknown'; readonly because: Reason }

/** How many frames are shown at most for what is asked. */
export function framesMostOf(asked: FramesAsked): number {
  switch (asked.kind) {
    case 'strip':
      return asked.frames
    case 'seconds':
      return asked.until - asked.from
  }
}
