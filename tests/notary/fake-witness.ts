/** Fake witness: a witness as C2SP tlog-witness states it: it signs what grows, and refuses what does not fit. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { checkpointText, openCheckpoint } from '#ledger/checkpoint'
import { signingKey, type VerifierKey } from '#ledger/key'
import { cosign } from '#ledger/note'
import { isConsistent, type TreeHead } from '#ledger/proof'

interface Answer {
  readonly status: number
  readonly body?: string
  readonly type?: string
}

/** A witness on loopback; it is gone when the test is over. */
export async function fakeWitness(log: VerifierKey, now: () => Date) {
  const key = signingKey('witness.example', Buffer.alloc(32, 9), 'cosignature')
  let seen: TreeHead | undefined
  /** Answers the next request with this instead. */
  let instead: Answer | undefined
  const answer = (body: string): Answer => {
    if (instead) {
      const given = instead
      instead = undefined
      return given
    }
    const border = body.indexOf('\n\n')
    const [first = '', ...lines] = body.slice(0, border).split('\n')
    const old = /^old (0|[1-9][0-9]*)$/.exec(first)?.[1]
    const opened = openCheckpoint(body.slice(border + 2), log)
    if (old === undefined) return { status: 400 }
    if (opened.kind === 'refused')
      return { status: opened.because.startsWith('it is of another') ? 404 : 403 }
    const { checkpoint } = opened
    if (Number(old) > checkpoint.size) return { status: 400 }
    if (Number(old) !== (seen?.size ?? 0))
      return { status: 409, body: `${seen?.size ?? 0}\n`, type: 'text/x.tlog.size' }
    const proof = lines.map((line) => Buffer.from(line, 'base64'))
    if (seen && !isConsistent(seen, checkpoint, proof)) return { status: 422 }
    seen = checkpoint
    return { status: 200, body: cosign(checkpointText(checkpoint), key, Math.floor(now().getTime() / 1000)) }
  }
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const { status, body: said = '', type = 'text/plain' } = answer(body)
    response.writeHead(request.url === '/w/add-checkpoint' ? status : 404, { 'content-type': type }).end(said)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return {
    witness: {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/w/`,
      key: key.verifier,
      addresses: 'any',
    } as const,
    saw: (head: TreeHead | undefined) => {
      seen = head
    },
    answerOnce: (given: Answer) => {
      instead = given
    },
  }
}
