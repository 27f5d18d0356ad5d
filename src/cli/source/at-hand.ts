/** At hand: the sources that there are for a command, and the one that it names. */
import type { SourcesRead } from '#lists/exchanges/source'
import { Fault } from '#terms/fault'
import type { SourceDefinition } from '#terms/source'
import type { StoreDesk } from '../store.ts'

/** The sources of the configuration at hand. */
export async function sourcesOf({ config }: StoreDesk): Promise<SourcesRead> {
  const [{ sourcesAtHand }, { dataDirectory }] = await Promise.all([
    import('#workflow/pull/at-hand'), // heavy: other commands need not wait
    import('#store/embedded/place'),
  ])
  return sourcesAtHand(dataDirectory(config.data), config.sources)
}

/** @throws Fault `source.invalid` when there is no such source, or its file is wrong */
export async function sourceOf(atHand: StoreDesk, name: string): Promise<SourceDefinition> {
  const { sources, wrong } = await sourcesOf(atHand)
  const source = sources.get(name)
  if (source) return source
  const fault = wrong.find((one) => one.name === name)?.fault
  throw fault ?? new Fault('source.invalid', `there is no source "${name}"; "tutela source ls" shows them`)
}
