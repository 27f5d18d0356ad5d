/** Decoding: the decoders opened for a command, and closed whatever becomes of it. */
import { type Decoders, openDecoders } from '#media/decoders'
import type { DecodingAsked } from './options.ts'

/**
 * Opens the decoders, does the work, and closes them.
 *
 * @throws Fault `sandbox.unavailable`, `decoder.unavailable`; whatever `work` throws
 */
export async function withDecoders<T>(
  asked: DecodingAsked,
  work: (decoders: Decoders) => Promise<T>,
): Promise<T> {
  const decoders = await openDecoders(asked)
  try {
    return await work(decoders)
  } finally {
    await decoders.close()
  }
}
