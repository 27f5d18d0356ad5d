/** Partners: the exchange of each, opened with the credentials of a source. */
import type { Ask } from '#ground/wire/ask'
import { openNcmec } from '#lists/exchanges/ncmec/exchange'
import { readSecrets, type Secrets } from '#lists/exchanges/secrets'
import { openStopNcii } from '#lists/exchanges/stopncii/exchange'
import { openTat } from '#lists/exchanges/tat/exchange'
import { openThreatExchange } from '#lists/exchanges/threatexchange/exchange'
import type { Exchange, Partner } from '#terms/exchange'
import type { SourceDefinition } from '#terms/source'

type Open = (source: SourceDefinition, secrets: Secrets, ask: Ask) => Exchange

const PARTNERS: Readonly<Record<Partner, Open>> = {
  ncmec: openNcmec,
  stopncii: openStopNcii,
  threatexchange: openThreatExchange,
  tat: openTat,
}

/** Opens the exchange of a source. @throws Fault `source.invalid` when a secret file cannot be read */
export async function openExchange(source: SourceDefinition, ask: Ask): Promise<Exchange> {
  return PARTNERS[source.api.kind](source, await readSecrets(source), ask)
}
