/** Time stamps: what is asked, what is taken for an answer and what is not, with a service made up and with OpenSSL's own. */
import { execFileSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkTimestamp } from '#notary/timestamp/check'
import { timestampRequest } from '#notary/timestamp/request'
import { temporaryFolder } from '../support/folder.ts'
import { fakeTimestamps, type Wrong } from './fake-timestamps.ts'

const imprint = hash('sha256', 'a checkpoint', 'buffer')
const at = new Date('2026-05-01T10:00:00Z')

describe('a time stamp', () => {
  test('is asked for in the bytes that the specification gives', () => {
    const hex = timestampRequest(imprint).toString('hex')
    const [head, tail] = ['30430201013031300d0609608648016503040201050004 20'.replace(' ', ''), '0208']
    expect(hex).toMatch(new RegExp(`^${head}${imprint.toString('hex')}${tail}[4-7][0-9a-f]{15}0101ff$`))
  })

  test('is taken with its time, and by whom, and whether they are trusted', async () => {
    const { proof } = await fakeTimestamps(() => at)
    const made = proof(timestampRequest(imprint))
    const good = { kind: 'good', at: at.toISOString(), by: 'A made-up time' }
    expect(checkTimestamp(made.proof, imprint, undefined)).toEqual({ ...good, isTrusted: false })
    expect(checkTimestamp(made.proof, imprint, made.roots)).toEqual({ ...good, isTrusted: true })
    const other = (await fakeTimestamps(() => at)).proof(timestampRequest(imprint))
    expect(checkTimestamp(made.proof, imprint, other.roots)).toMatchObject({
      because: 'its certificate does not descend from one that is trusted',
    })
  })

  test('is refused whatever of it is wrong, with the reason', async () => {
    const { proof } = await fakeTimestamps(() => at)
    const cases: readonly [Wrong, string][] = [
      [{ status: 2 }, 'the service answered: rejection'],
      [{ imprint: hash('sha256', 'else', 'buffer') }, 'the time stamp is for something else'],
      [{ nonce: Buffer.from([1, 2]) }, 'the time stamp answers another request'],
      [{ usage: '1.3.6.1.5.5.7.3.1' }, 'its certificate is not one for time stamps alone'],
      [{ from: new Date('2027-01-01Z') }, 'its certificate was not valid at that time'],
      [{ signsElse: true }, 'its signature is not that of its certificate'],
      [{ digest: imprint }, 'its content is not what was signed'],
    ]
    for (const [wrong, because] of cases) {
      const made = proof(timestampRequest(imprint), wrong)
      expect(checkTimestamp(made.proof, imprint, made.roots)).toEqual({ kind: 'refused', because })
    }
    const made = proof(timestampRequest(imprint))
    expect(checkTimestamp(made.proof, hash('sha256', 'else', 'buffer'), undefined)).toMatchObject({
      because: 'it was asked for something else',
    })
  })

  test('is refused where a byte of what was asked or signed is another, and never by an error', async () => {
    const { proof } = await fakeTimestamps(() => at)
    const { proof: made, roots } = proof(timestampRequest(imprint))
    let refused = 0
    for (let byte = 0; byte < made.length; byte++) {
      const wrong = Buffer.from(made)
      wrong[byte] = (wrong[byte] ?? 0) ^ 1
      if (checkTimestamp(wrong, imprint, roots).kind === 'refused') refused++
    }
    // What is left has no meaning: versions, names of who signed, the asking for certificates.
    expect(refused).toBeGreaterThan(made.length * 0.9)
  })
})

const OPENSSL = `[tsa]
default_tsa = t
[t]
dir = .
serial = ./serial
crypto_device = builtin
signer_cert = tsa.pem
certs = root.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[ext]
extendedKeyUsage = critical,timeStamping
`

/** OpenSSL as a service that nobody here wrote; the case is passed over where the machine has no such program. */
const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

test.skipIf(!hasOpenssl)('what OpenSSL stamps is taken, by RSA and under a root of its own', async () => {
  const folder = await temporaryFolder()
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' })
  }
  await writeFile(join(folder, 'tsa.cnf'), OPENSSL)
  await writeFile(join(folder, 'serial'), '01\n')
  const days = ['-days', '2']
  const root = ['-CA', 'root.pem', '-CAkey', 'root.key', '-CAcreateserial']
  const made = (name: string): string[] => ['-newkey', 'rsa:2048', '-nodes', '-keyout', `${name}.key`]
  openssl('req', '-x509', ...made('root'), '-out', 'root.pem', '-subj', '/CN=A root', ...days)
  openssl('req', ...made('tsa'), '-out', 'tsa.csr', '-subj', '/CN=A service')
  const use = ['-extfile', 'tsa.cnf', '-extensions', 'ext']
  openssl('x509', '-req', '-in', 'tsa.csr', ...root, '-out', 'tsa.pem', ...days, ...use)
  const request = timestampRequest(imprint)
  await writeFile(join(folder, 'query'), request)
  openssl('ts', '-reply', '-config', 'tsa.cnf', '-queryfile', 'query', '-out', 'reply')
  const proof = Buffer.concat([request, await readFile(join(folder, 'reply'))])
  const roots = await readFile(join(folder, 'root.pem'), 'utf8')
  expect(checkTimestamp(proof, imprint, roots)).toMatchObject({
    kind: 'good',
    by: 'A service',
    isTrusted: true,
  })
})
