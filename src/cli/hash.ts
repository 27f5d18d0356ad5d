/** Hash: the command that prints the hashes of files. */
import { Command } from 'commander'
import { shown } from '#folders/path'
import { resolved } from '#folders/walk'
import { whyIncomplete } from '#matching/verdict'
import { ORIENTATIONS } from '#terms/hash'
import type { Content, FileReading, FrameHashes } from '#terms/media'
import { withDecoders } from './decoding.ts'
import { EXIT } from './exit.ts'
import type { Ending } from './main.ts'
import { type DecodingFlags, decodingAsked, jobsOption, jsonOption, sandboxOption } from './options.ts'
import { say, write, writeJson } from './output.ts'
import { plain } from './plain.ts'

/** `tutela hash FILE…` */
export function hashCommand(ending: Ending): Command {
  return new Command('hash')
    .description('Print the digests of files, and the PDQ hash and quality of pictures.')
    .argument('<files...>', 'files to hash')
    .addOption(jsonOption())
    .addOption(jobsOption())
    .addOption(sandboxOption())
    .action(async (files: string[], flags: DecodingFlags) => {
      ending.code = await withDecoders(await decodingAsked(flags), async (decoders) => {
        let isAllHashed = true
        let isAllRead = true
        for (const file of files) {
          const reading = await decoders.read(await resolved(Buffer.from(file)), { pictures: true })
          isAllHashed &&= isHashed(reading)
          isAllRead &&= reading.kind === 'read'
          if (reading.kind === 'unread') say(`tutela: ${plain(file)}: ${UNREAD[reading.because]}`)
          await (flags.json ? writeJson(hashLine(file, reading)) : write(hashText(file, reading)))
        }
        if (!isAllRead) return EXIT.noInput
        return isAllHashed ? EXIT.nothingFound : EXIT.unknown
      })
    })
}

/** Why a named file was not read, as a person would say it. */
const UNREAD = {
  vanished: 'it does not exist',
  permission: 'it may not be read',
  unreadable: 'it is no file, or reading it failed',
} as const

/** True when everything that can be hashed of a file was. */
function isHashed(reading: FileReading): boolean {
  return reading.kind === 'read' && whyIncomplete(reading.content) === undefined
}

/** One object of the contract for `hash --json` (docs/formats/output.md). */
function hashLine(file: string, reading: FileReading): object {
  const path = shown(Buffer.from(file))
  if (reading.kind === 'unread') return { ...path, kind: 'unknown', because: reading.because }
  const { content, digests } = reading
  const because = whyIncomplete(content)
  return {
    ...path,
    kind: content.kind,
    ...digests,
    ...(content.format && { format: content.format }),
    ...(content.kind === 'picture' && pictureFields(content)),
    ...(because && { because }),
  }
}

function pictureFields(content: Extract<Content, { kind: 'picture' }>): object {
  const { width, height, frames, incomplete } = content
  const whole = frames.filter((frame) => frame.region === 'whole')
  const [first] = whole
  const listed = whole.map((frame) => ({ frame: frame.frame, pdq: pdqOf(frame), quality: frame.quality }))
  return {
    width,
    height,
    ...(first && { pdq: pdqOf(first), quality: first.quality }),
    ...(incomplete === 'truncated' && { truncated: true }),
    ...(listed.length > 1 && { frames: listed }),
  }
}

/** The PDQ hash of a frame as it stands, in hex. */
export function pdqOf(frame: FrameHashes): string {
  return Buffer.from(
    frame.orientations.subarray(0, frame.orientations.length / ORIENTATIONS.length),
  ).toString('hex')
}

function hashText(file: string, reading: FileReading): string {
  if (reading.kind === 'unread') return `${plain(file)}\n  unknown: ${reading.because}\n`
  const { content, digests } = reading
  const because = whyIncomplete(content)
  const lines = [
    plain(file),
    `  md5     ${digests.md5}`,
    `  sha1    ${digests.sha1}`,
    `  sha256  ${digests.sha256}`,
    ...(content.kind === 'picture' ? pictureLines(content) : []),
    ...(because ? [`  unknown: ${because}`] : []),
  ]
  return `${lines.join('\n')}\n`
}

function pictureLines(content: Extract<Content, { kind: 'picture' }>): string[] {
  const whole = content.frames.filter((frame) => frame.region === 'whole')
  return [
    ...whole.map((frame) => {
      const name = whole.length > 1 ? `  frame ${frame.frame}` : ''
      return `  pdq     ${pdqOf(frame)}  quality ${frame.quality}${name}`
    }),
    `  ${content.format}, ${content.width} by ${content.height}`,
  ]
}
