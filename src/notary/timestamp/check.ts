/** Check: whether a time-stamping service's answer is for a digest, by whom, and of when. RFC 3161 and RFC 5816. */
import { verify, X509Certificate } from 'node:crypto'
import { type Der, der, inside, isOid, readDer, TAG } from './der.ts'
import { readRequest, SHA256 } from './request.ts'
import { type Signer, signerOf } from './signer.ts'

/** What a time stamp was found to be. */
export type CheckedTimestamp =
  | {
      readonly kind: 'good'
      /** When the service says it was, ISO 8601, UTC. */
      readonly at: string
      /** Whose certificate signed it. */
      readonly by: string
      /** True where the certificate descends from one that is trusted; false where none was named. */
      readonly isTrusted: boolean
    }
  | { readonly kind: 'refused'; readonly because: string }

const SIGNED_DATA = '1.2.840.113549.1.7.2'
const TST_INFO = '1.2.840.113549.1.9.16.1.4'
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8'
const GRANTED = [0, 1]
const STATUS_WORDS = [
  'granted',
  'granted with changes',
  'rejection',
  'waiting',
  'revocation warning',
  'revoked',
]

/**
 * Checks a time stamp: status, digest, the number that was asked with, the signature over both, that the certificate is one
 * for time stamps, that it was valid then, and from whom it descends.
 *
 * @param untrustedProof the request and the answer, one behind the other, in DER
 * @param roots certificates in PEM of which one must be above the service's
 */
export function checkTimestamp(
  untrustedProof: Uint8Array,
  imprint: Uint8Array,
  roots: string | undefined,
): CheckedTimestamp {
  try {
    return check(untrustedProof, imprint, roots)
  } catch (error) {
    // Keys and certificates that Node cannot read.
    return refused(`it cannot be read: ${error instanceof Error ? error.message : 'unknown error'}`)
  }
}

function check(untrustedProof: Uint8Array, imprint: Uint8Array, roots: string | undefined): CheckedTimestamp {
  const [requested, answered, ...more] = readDer(untrustedProof) ?? []
  const request = requested && readRequest(requested.whole)
  if (!request || !answered || more.length > 0) return refused('it is no request with its answer')
  if (!request.imprint.equals(imprint)) return refused('it was asked for something else')
  const [status, token] = inside(answered)
  const code = inside(status)[0]?.content[0]
  if (code === undefined || !GRANTED.includes(code))
    return refused(`the service answered: ${STATUS_WORDS[code ?? -1] ?? 'an unknown status'}`)
  const [type, holder] = inside(token)
  if (!isOid(type, SIGNED_DATA)) return refused('the answer has no time stamp')
  const signedData = inside(inside(holder)[0])
  const info = infoOf(signedData)
  if (!info) return refused('the time stamp has no content of its own')
  const [, , message, , time, ...rest] = inside(readDer(info)?.[0])
  const [algorithm, digest] = inside(message)
  if (!isOid(inside(algorithm)[0], SHA256) || !digest?.content.equals(imprint))
    return refused('the time stamp is for something else')
  const nonce = rest.find(({ tag }) => tag === TAG.integer)
  if (!nonce?.content.equals(request.nonce)) return refused('the time stamp answers another request')
  const at = time && timeOf(time)
  if (at === undefined) return refused('the time stamp has no time')
  const signer = signerOf(signedData, info)
  return typeof signer === 'string' ? refused(signer) : judged(signer, at, roots)
}

/** Whether the one who signed may, and descends from somebody who is trusted. */
function judged(signer: Signer, at: Date, roots: string | undefined): CheckedTimestamp {
  const { certificate, others, attributes, signature, digest } = signer
  // Signed is the set of attributes, under its own tag and not the one it travels under.
  const message = der(TAG.set, attributes.content)
  if (!verify(digest, message, certificate.publicKey, signature))
    return refused('its signature is not that of its certificate')
  if (certificate.keyUsage?.join() !== TIME_STAMPING)
    return refused('its certificate is not one for time stamps alone')
  const isValid = new Date(certificate.validFrom) <= at && at <= new Date(certificate.validTo)
  if (!isValid) return refused('its certificate was not valid at that time')
  const trusted = roots === undefined ? undefined : certificatesIn(roots)
  if (trusted && !descends(certificate, others, trusted, at))
    return refused('its certificate does not descend from one that is trusted')
  const by = /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? certificate.subject
  return { kind: 'good', at: at.toISOString(), by, isTrusted: trusted !== undefined }
}

/** True when a chain of the others, none of which is used twice, leads from a certificate to a trusted one. */
function descends(
  certificate: X509Certificate,
  others: readonly X509Certificate[],
  trusted: readonly X509Certificate[],
  at: Date,
): boolean {
  const isAbove = (above: X509Certificate): boolean =>
    certificate.checkIssued(above) &&
    certificate.verify(above.publicKey) &&
    new Date(above.validFrom) <= at &&
    at <= new Date(above.validTo)
  if (trusted.some((root) => root.raw.equals(certificate.raw) || isAbove(root))) return true
  return others.some(
    (other) =>
      other.ca &&
      isAbove(other) &&
      descends(
        other,
        others.filter((one) => one !== other),
        trusted,
        at,
      ),
  )
}

function certificatesIn(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  return blocks.map((block) => new X509Certificate(block))
}

/** The content that was signed: the TSTInfo in an octet string. */
function infoOf(signedData: readonly Der[]): Buffer | undefined {
  const [type, holder] = inside(signedData[2])
  const [octets] = inside(holder)
  return isOid(type, TST_INFO) && octets?.tag === TAG.octets ? octets.content : undefined
}

/** A GeneralizedTime in UTC, with or without a fraction of a second. */
function timeOf({ tag, content }: Der): Date | undefined {
  const [, year, month, day, hours, minutes, seconds, fraction = ''] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{1,9})?Z$/.exec(content.toString('latin1')) ?? []
  if (tag !== TAG.time || year === undefined) return undefined
  const at = new Date(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}${fraction.slice(0, 4)}Z`)
  return Number.isNaN(at.getTime()) ? undefined : at
}

function refused(because: string): CheckedTimestamp {
  return { kind: 'refused', because }
}
