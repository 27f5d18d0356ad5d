/** Parcel: files sealed in one age file to one recipient; nobody else, and not we either, can open it afterwards. */
import { Encrypter } from 'age-encryption'
import { type TarEntry, tarOf } from './tar.ts'

const RECIPIENT_CHARACTERS_MAX = 4096

/** True of a text that is the public key of an age identity. */
export function isAgeRecipient(untrusted: string): boolean {
  if (untrusted.length > RECIPIENT_CHARACTERS_MAX || !/^age1[0-9a-z]+$/.test(untrusted)) return false
  try {
    new Encrypter().addRecipient(untrusted)
    return true
  } catch {
    return false
  }
}

/** An archive of files, sealed while they are given. https://age-encryption.org/v1 */
export async function* parcelOf(
  entries: AsyncIterable<TarEntry>,
  recipient: string,
  at: Date,
): AsyncGenerator<Uint8Array> {
  const encrypter = new Encrypter()
  encrypter.addRecipient(recipient)
  const sealed = await encrypter.encrypt(
    ReadableStream.from(tarOf(entries, at)) as ReadableStream<Uint8Array>,
  )
  yield* sealed
}
