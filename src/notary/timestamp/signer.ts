/** Signer: who signed a time stamp, with what, and whether what was signed is the time stamp. RFC 5652, section 5.3. */
import { hash, X509Certificate } from 'node:crypto'
import { type Der, inside, isOid, TAG } from './der.ts'

/** The one signature of a time stamp, not yet verified. */
export interface Signer {
  readonly certificate: X509Certificate
  /** The other certificates that came with it. */
  readonly others: readonly X509Certificate[]
  readonly attributes: Der
  readonly signature: Buffer
  /** The digest that the signature is over; null for keys that take the message itself. */
  readonly digest: string | null
}

const CONTENT_TYPE = '1.2.840.113549.1.9.3'
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4'
const SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12'
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47'
const TST_INFO = '1.2.840.113549.1.9.16.1.4'
const ED25519 = '1.3.101.112'
const DIGESTS = [
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
] as const

/** @returns what signed the content; why it cannot have, otherwise */
export function signerOf(signedData: readonly Der[], content: Buffer): Signer | string {
  const certificates = inside(signedData.find(({ tag }) => tag === TAG.first)).map(
    ({ whole }) => new X509Certificate(whole),
  )
  const [info, ...more] = inside(signedData.findLast(({ tag }) => tag === TAG.set))
  if (!info || more.length > 0) return 'it has not one signature'
  const parts = inside(info)
  const [, , digestPart] = parts
  const digest = digestOf(inside(digestPart)[0])
  const attributes = parts[3]
  const algorithm = inside(parts[4])[0]
  const signature = parts[5]
  if (digest === undefined || attributes?.tag !== TAG.first || signature?.tag !== TAG.octets)
    return 'its signature is of a kind that is not known here'
  const named = namedCertificate(attributes)
  const certificate = certificates.find(
    ({ raw }) => named && hash(named.digest, raw, 'buffer').equals(named.hash),
  )
  if (!certificate) return 'the certificate that it names is not with it'
  if (!isOid(inside(valuesOf(attributes, CONTENT_TYPE))[0], TST_INFO)) return 'something else was signed'
  const [messageDigest] = inside(valuesOf(attributes, MESSAGE_DIGEST))
  if (!messageDigest?.content.equals(hash(digest, content, 'buffer')))
    return 'its content is not what was signed'
  return {
    certificate,
    others: certificates.filter((one) => one !== certificate),
    attributes,
    signature: signature.content,
    digest: isOid(algorithm, ED25519) ? null : digest,
  }
}

/** The certificate that the signature is bound to, by its digest. RFC 2634, section 5.4; RFC 5035. */
function namedCertificate(attributes: Der): { digest: string; hash: Buffer } | undefined {
  const second = firstNamed(valuesOf(attributes, SIGNING_CERTIFICATE_V2))
  if (second) {
    const [algorithm, certificateHash] = second[0]?.tag === TAG.sequence ? second : [undefined, second[0]]
    const digest = algorithm ? digestOf(inside(algorithm)[0]) : 'sha256'
    return digest && certificateHash ? { digest, hash: certificateHash.content } : undefined
  }
  const [certificateHash] = firstNamed(valuesOf(attributes, SIGNING_CERTIFICATE)) ?? []
  return certificateHash && { digest: 'sha1', hash: certificateHash.content }
}

/** The first entry of the list of certificates in an attribute's set of one value. */
function firstNamed(values: Der | undefined): readonly Der[] | undefined {
  const [list] = inside(inside(values)[0])
  const [first] = inside(list)
  return first && inside(first)
}

/** The values of an attribute. */
function valuesOf(attributes: Der, type: string): Der | undefined {
  return inside(attributes)
    .map(inside)
    .find(([name]) => isOid(name, type))?.[1]
}

function digestOf(algorithm: Der | undefined): string | undefined {
  return DIGESTS.find(([dotted]) => isOid(algorithm, dotted))?.[1]
}
