/** Fetch: what an HMA client names by its address, from the public internet only, passed on as it comes. */
import { type Ask, ask as askOutside } from '#ground/wire/ask'
import { Gate } from '#media/gate'
import type { FetchLimits } from '../gate/fetch.ts'
import type { Fetching } from './desk.ts'

/** A fetcher within its limits: only http and https, only public addresses, checked at every hop. */
export function hmaFetching(limits: FetchLimits, ask: Ask = askOutside): Fetching {
  const gate = new Gate(limits.fetchesMax)
  const { bytesMax, secondsMax, redirectsMax, ports } = limits
  return (untrustedUrl, read) =>
    gate.through(async () => {
      const answer = await ask({
        url: untrustedUrl,
        headers: { accept: '*/*' },
        addresses: 'public',
        ...{ bytesMax, secondsMax, redirectsMax },
        ...(ports && { ports }),
      })
      try {
        return await read(answer)
      } finally {
        answer.drop()
      }
    })
}
