/** Words: what the ledger has of an act, as a page says it. */
import type { StoryTold } from '#contract/story'

export type LeafState = StoryTold['events'][number]['leaf']['state']

export const leafWords: Readonly<Record<LeafState, readonly [words: string, colour: string, means: string]>> =
  {
    proved: ['proved', 'green', 'its leaf is the digest of this act, and a signed checkpoint covers it'],
    numbered: ['numbered', 'gray', 'it has its place, and the next checkpoint signs for it'],
    pending: ['pending', 'gray', 'it is written down, and gets its place within a second or so'],
    differs: [
      'differs',
      'red',
      'what stands here is not what was written down: tell whoever runs the service',
    ],
  }

/** Who did something, as it is read: a pseudonym, a key, a source, or the machine. */
export function byWords(actor: string): string {
  const [kind, name] = [actor.slice(0, actor.indexOf(':')), actor.slice(actor.indexOf(':') + 1)]
  switch (kind) {
    case 'person':
      return name
    case 'operator':
      return `operator ${name}`
    case 'client':
      return `key ${name}`
    case 'source':
      return `source ${name}`
    default:
      return 'the machine'
  }
}
