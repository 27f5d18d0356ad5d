/** Programs: the ffmpeg of this system, which draws the frames of videos. */
import { existsSync } from 'node:fs'
import { installed } from '#ground/sandbox/host'
import { Fault } from '#terms/fault'
import type { VideoPrograms } from './decoding.ts'

/** Where Debian's libraries are chosen among several by links: ffmpeg does not start without. */
const ALTERNATIVES = '/etc/alternatives'

/** The programs. @throws Fault `decoder.unavailable` where they are not installed */
export function videoPrograms(): VideoPrograms {
  const [ffmpeg, ffprobe] = [installed('ffmpeg'), installed('ffprobe')]
  if (ffmpeg !== undefined && ffprobe !== undefined) return { ffmpeg, ffprobe }
  throw new Fault('decoder.unavailable', 'no video is shown here: ffmpeg is not installed')
}

/** Folders that they need besides `/usr`; none where they are not installed. */
export function videoFolders(): readonly string[] {
  return installed('ffmpeg') !== undefined && existsSync(ALTERNATIVES) ? [ALTERNATIVES] : []
}
