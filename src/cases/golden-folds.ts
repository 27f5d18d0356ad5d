/** Golden folds: what the events of a golden set say that its state is. */
import type { Canonical, Event } from '#terms/event'

/** `golden:` … */
export const GOLDEN_KINDS: readonly string[] = ['golden.made', 'golden.brought']

/** A set's state by its events. */
export function foldGolden(events: readonly Event[]): Readonly<Record<string, Canonical>> {
  const [made] = events
  return {
    scheme: made?.body['scheme'] ?? '',
    seed: made?.body['seed'] ?? 0,
    pictures: made?.body['pictures'] ?? 0,
    brought: events.filter(({ kind }) => kind === 'golden.brought').length,
    madeAt: made?.at ?? '',
    madeBy: made?.actor ?? '',
    version: events.length,
  }
}
