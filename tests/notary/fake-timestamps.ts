/** Fake time-stamping service: real answers of RFC 3161 by a key and a certificate made for the test, and wrong ones. */
import { generateKeyPairSync, hash, type KeyObject, sign } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { der, oid, TAG } from '#notary/timestamp/der'
import { readRequest } from '#notary/timestamp/request'

const SHA256 = der(TAG.sequence, oid('2.16.840.1.101.3.4.2.1'))
const ECDSA_SHA256 = der(TAG.sequence, oid('1.2.840.10045.4.3.2'))
const TST_INFO = '1.2.840.113549.1.9.16.1.4'
const UTF8 = 0x0c
const BITS = 0x03
const EXPLICIT = (place: number): number => 0xa0 | place
const integer = (value: number): Buffer => der(TAG.integer, Buffer.from([value]))
const time = (at: Date): Buffer =>
  der(TAG.time, Buffer.from(`${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`))
const utf8 = (text: string): Buffer => der(UTF8, Buffer.from(text))
const nameOf = (text: string): Buffer =>
  der(TAG.sequence, der(TAG.set, der(TAG.sequence, oid('2.5.4.3'), utf8(text))))

/** What is not as it should be of an answer. */
export interface Wrong {
  readonly status?: number
  readonly imprint?: Buffer
  readonly nonce?: Buffer
  readonly usage?: string
  readonly from?: Date
  /** Signs something else than what it sends. */
  readonly signsElse?: boolean
  readonly digest?: Buffer
}

/** A certificate of its own making, for time stamps unless another use is given. */
function certificate(keys: { publicKey: KeyObject; privateKey: KeyObject }, { usage, from }: Wrong): Buffer {
  const name = nameOf('A made-up time')
  const purpose = der(TAG.sequence, oid(usage ?? '1.3.6.1.5.5.7.3.8'))
  const critical = der(TAG.boolean, Buffer.from([0xff]))
  const extension = der(TAG.sequence, oid('2.5.29.37'), critical, der(TAG.octets, purpose))
  const body = der(
    TAG.sequence,
    der(EXPLICIT(0), integer(2)),
    integer(7),
    ECDSA_SHA256,
    name,
    der(TAG.sequence, time(from ?? new Date('2020-01-01Z')), time(new Date('2049-01-01Z'))),
    name,
    keys.publicKey.export({ format: 'der', type: 'spki' }),
    der(EXPLICIT(3), der(TAG.sequence, extension)),
  )
  const bits = der(BITS, Buffer.from([0]), sign('sha256', body, keys.privateKey))
  return der(TAG.sequence, body, ECDSA_SHA256, bits)
}

function answerTo(
  request: Buffer,
  at: Date,
  keys: { publicKey: KeyObject; privateKey: KeyObject },
  wrong: Wrong,
) {
  const asked = readRequest(request)
  if (!asked) throw new Error('the request is none')
  const cert = certificate(keys, wrong)
  const info = der(
    TAG.sequence,
    integer(1),
    oid('1.2.3.4'),
    der(TAG.sequence, SHA256, der(TAG.octets, wrong.imprint ?? asked.imprint)),
    integer(42),
    time(at),
    der(TAG.integer, wrong.nonce ?? asked.nonce),
  )
  const attribute = (type: string, value: Buffer): Buffer => der(TAG.sequence, oid(type), der(TAG.set, value))
  const named = der(TAG.sequence, der(TAG.octets, hash('sha256', cert, 'buffer')))
  const attributes = Buffer.concat([
    attribute('1.2.840.113549.1.9.3', oid(TST_INFO)),
    attribute('1.2.840.113549.1.9.4', der(TAG.octets, wrong.digest ?? hash('sha256', info, 'buffer'))),
    attribute('1.2.840.113549.1.9.16.2.47', der(TAG.sequence, der(TAG.sequence, named))),
  ])
  const message = wrong.signsElse ? Buffer.from('something else') : der(TAG.set, attributes)
  const signer = der(
    TAG.sequence,
    integer(1),
    der(TAG.sequence, nameOf('A made-up time'), integer(7)),
    SHA256,
    der(EXPLICIT(0), attributes),
    ECDSA_SHA256,
    der(TAG.octets, sign('sha256', message, keys.privateKey)),
  )
  const signedData = der(
    TAG.sequence,
    integer(3),
    der(TAG.set, SHA256),
    der(TAG.sequence, oid(TST_INFO), der(EXPLICIT(0), der(TAG.octets, info))),
    der(EXPLICIT(0), cert),
    der(TAG.set, signer),
  )
  const token = der(TAG.sequence, oid('1.2.840.113549.1.7.2'), der(EXPLICIT(0), signedData))
  return { answer: der(TAG.sequence, der(TAG.sequence, integer(wrong.status ?? 0)), token), cert }
}

/** A service on loopback; it is gone when the test is over. */
export async function fakeTimestamps(now: () => Date) {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  let wrong: Wrong = {}
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const isAsked = request.headers['content-type'] === 'application/timestamp-query'
    const { answer } = answerTo(Buffer.concat(chunks), now(), keys, wrong)
    response.writeHead(isAsked ? 200 : 415, { 'content-type': 'application/timestamp-reply' }).end(answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const pem = (bytes: Buffer): string =>
    `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`
  return {
    service: {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tsa`,
      addresses: 'any',
      roots: pem(certificate(keys, {})),
    } as const,
    /** An answer without the network. */
    proof: (request: Buffer, given: Wrong = {}) => {
      const { answer, cert } = answerTo(request, now(), keys, given)
      return { proof: Buffer.concat([request, answer]), roots: pem(cert) }
    },
    answerWrongly: (given: Wrong) => {
      wrong = given
    },
  }
}
