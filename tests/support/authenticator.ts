/** Authenticator: a passkey in software, for tests: makes one, and signs with it, as WebAuthn has it. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

const UP_UV = 0x05
const ATTESTED = 0x40

/** One device with one key. */
export class SoftAuthenticator {
  readonly id = randomBytes(16)
  readonly #key: KeyObject
  readonly #cose: Buffer
  readonly #origin: string
  counter = 0

  constructor(origin: string) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
    this.#key = privateKey
    this.#origin = origin
    // COSE_Key: EC2, ES256, P-256, x, y.
    const head = Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20])
    const between = Buffer.from([0x22, 0x58, 0x20])
    this.#cose = Buffer.concat([head, Buffer.from(x, 'base64url'), between, Buffer.from(y, 'base64url')])
  }

  /** Answers what `navigator.credentials.create` would. */
  register(challenge: string, origin = this.#origin): Record<string, unknown> {
    const head = Buffer.alloc(18)
    head.writeUInt16BE(this.id.length, 16)
    const data = Buffer.concat([this.#data(UP_UV | ATTESTED), head, this.id, this.#cose])
    const size = Buffer.alloc(2)
    size.writeUInt16BE(data.length)
    const attestation = Buffer.concat([
      Buffer.from([0xa3]),
      ...[word('fmt'), word('none'), word('attStmt'), Buffer.from([0xa0])],
      ...[word('authData'), Buffer.from([0x59]), size, data],
    ])
    const clientDataJSON = clientData('webauthn.create', challenge, origin)
    return this.#answer({ clientDataJSON, attestationObject: attestation.toString('base64url') })
  }

  /** Answers what `navigator.credentials.get` would. */
  authenticate(challenge: string, origin = this.#origin): Record<string, unknown> {
    this.counter++
    const data = this.#data(UP_UV)
    const clientDataJSON = clientData('webauthn.get', challenge, origin)
    const digest = createHash('sha256').update(Buffer.from(clientDataJSON, 'base64url')).digest()
    const signature = sign('sha256', Buffer.concat([data, digest]), this.#key).toString('base64url')
    return this.#answer({ clientDataJSON, authenticatorData: data.toString('base64url'), signature })
  }

  #data(flags: number): Buffer {
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(this.counter)
    const place = createHash('sha256').update(new URL(this.#origin).hostname).digest()
    return Buffer.concat([place, Buffer.from([flags]), counter])
  }

  #answer(response: object): Record<string, unknown> {
    const id = this.id.toString('base64url')
    return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response }
  }
}

function clientData(type: string, challenge: string, origin: string): string {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false })).toString('base64url')
}

/** A short text in CBOR. */
function word(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 + text.length]), Buffer.from(text)])
}
