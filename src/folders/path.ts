/** Path: a file's name as the bytes the system keeps, since names need not be UTF-8. */

import type { ShownPath } from '#terms/scan'

const SLASH = 0x2f

/** A path as text; with `fileBase64` when the bytes are not UTF-8, in which case the text has replacement marks. */
export function shown(path: Buffer): ShownPath {
  const file = path.toString('utf8')
  if (Buffer.from(file, 'utf8').equals(path)) return { file }
  return { file, fileBase64: path.toString('base64') }
}

/** Joins a folder and a name. */
export function joined(folder: Buffer, name: Buffer): Buffer {
  const bare = folder.at(-1) === SLASH ? folder.subarray(0, -1) : folder
  return Buffer.concat([bare, Buffer.of(SLASH), name])
}
