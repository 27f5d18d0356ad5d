/** Register: every media file of the project stands in the register with its licence, and is the one that was registered. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { trackedFiles } from './tracked.ts'

const REGISTER = 'vectors/register.json'

/** One registered file, or every file of a folder by its digests. */
interface Registered {
  readonly file: string
  readonly sha256: string
  readonly licence: string
  readonly origin: string
}

/** First bytes of what can show or sound something; a new name does not hide them. */
const MAGIC: readonly (readonly [offset: number, bytes: string])[] = [
  [0, 'ffd8ff'],
  [0, '89504e47'],
  [0, '47494638'],
  [0, '49492a00'],
  [0, '4d4d002a'],
  [0, '52494646'],
  [0, '424d'],
  [4, '66747970'],
  [0, '1a45dfa3'],
  [0, '25504446'],
  [0, '504b0304'],
  [0, '1f8b'],
  [0, '00000100'],
  [0, '494433'],
  [0, '4f676753'],
]
const NAMES =
  /\.(jpe?g|png|gif|webp|tiff?|bmp|avif|heic|ico|svg|mp4|mov|mkv|webm|avi|mp3|ogg|wav|pdf|zip|gz|7z|psd)$/i

export function checkRegister(): readonly string[] {
  const { files } = JSON.parse(readFileSync(REGISTER, 'utf8')) as { files: readonly Registered[] }
  const registered = new Map(files.map((one) => [one.file, one]))
  const wrong = files
    .filter((one) => !one.licence || !one.origin)
    .map((one) => `${one.file}: the register states no licence or origin`)
  for (const file of trackedFiles()) {
    const bytes = readFileSync(file)
    if (!NAMES.test(file) && !hasMagic(bytes)) continue
    const entry = registered.get(file)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    if (!entry) wrong.push(`${file}: a media file that is not in ${REGISTER}`)
    else if (entry.sha256 !== sha256) wrong.push(`${file}: not the file that was registered`)
  }
  return wrong
}

function hasMagic(bytes: Buffer): boolean {
  return MAGIC.some(([offset, magic]) => bytes.toString('hex', offset, offset + magic.length / 2) === magic)
}
