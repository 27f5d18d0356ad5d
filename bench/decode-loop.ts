/** Decode loop: the floor that a scan is compared with: read a file, decode it to pixels, and do nothing with them. */
import { readFileSync } from 'node:fs'
import sharp from 'sharp'

sharp.concurrency(1)
sharp.cache(false)

/** Decodes each file once. Prints the seconds that it took, without those of starting. */
async function decodeAll(files: readonly string[]): Promise<number> {
  const begun = performance.now()
  for (const file of files) {
    const picture = sharp(readFileSync(file), { ignoreIcc: true })
    await picture.toColourspace('srgb').removeAlpha().raw().toBuffer()
  }
  return (performance.now() - begun) / 1000
}

const files = process.argv.slice(2)
await decodeAll(files.slice(0, 3)) // warm
process.stdout.write(`${await decodeAll(files)}\n`)
