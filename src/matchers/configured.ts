/** Configured: the remote matchers that the operator set up, opened with their secrets; none unless asked for. */
import type { Config } from '#ground/config'
import { readSecret } from '#ground/secret'
import type { RemoteMatcher } from '#terms/remote'
import { PHOTODNA_LIMITS, PHOTODNA_URL, photodna } from './photodna/photodna.ts'
import { SHIELD_LIMITS, SHIELD_URL, shield } from './shield/shield.ts'

/** Most bytes of an item that are sent to Shield unless another limit is set. */
const SHIELD_BYTES_MAX = 64 * 1024 * 1024

/** @throws Fault `config.invalid` where a secret cannot be read */
export async function configuredMatchers({ matchers = {} }: Config): Promise<RemoteMatcher[]> {
  const opened: RemoteMatcher[] = []
  if (matchers.shield) {
    const { userFile, passwordFile, url, sends, bytesMax, addresses } = matchers.shield
    opened.push(
      shield({
        url: url ?? SHIELD_URL,
        user: await readSecret(userFile),
        password: await readSecret(passwordFile),
        sends: sends ?? 'hashes',
        bytesMax: bytesMax ?? SHIELD_BYTES_MAX,
        addresses: addresses ?? 'public',
        limits: SHIELD_LIMITS,
      }),
    )
  }
  if (matchers.photodna) {
    const { keyFile, url, enhance, addresses } = matchers.photodna
    opened.push(
      photodna({
        url: url ?? PHOTODNA_URL,
        key: await readSecret(keyFile),
        enhance: enhance ?? false,
        addresses: addresses ?? 'public',
        limits: PHOTODNA_LIMITS,
      }),
    )
  }
  return opened
}
