/** Act words: what an event says was done, in a plain sentence, with the particulars that bear on the handling. */
import type { Canonical, Event } from '#terms/event'

const WORDS: Readonly<Record<string, string>> = {
  'vault.sealed': 'Sealed the item in the vault',
  'vault.received-again': 'Handed in content that was sealed already',
  'vault.destroyed': 'Ended the item: nothing of it is given any more',
  'vault.processed': 'Had the item processed; numbers came back',
  'viewing.granted': 'Was granted a viewing',
  'viewing.released': 'Opened the viewing that was granted',
  'viewing.ended': 'Ended the viewing',
  'viewing.rendered': 'Was shown what the viewing allowed',
  'export.granted': 'Was granted the opening for an export',
  'export.released': 'Opened the item for an export',
  'export.ended': 'Ended the opening for an export',
  'processing.granted': 'Was granted a processing; nobody sees the picture',
  'processing.released': 'Began the processing',
  'processing.ended': 'Ended the processing',
  'handover.proposed': 'Proposed to hand a copy to a registered authority',
  'handover.approved': 'Approved a copy for a registered authority',
  'handover.written': 'Wrote the sealed copy for a registered authority',
  'handover.received': 'Recorded the receipt of a copy',
  'handover.withdrawn': 'Withdrew the proposal to hand a copy over',
  'hold.placed': 'Placed a hold: nothing may go',
  'hold.reviewed': 'Looked at a hold again',
  'hold.released': 'Released a hold',
  'copy.registered': 'Registered a place where a copy is or may be',
  'copy.accounted': 'Accounted for a copy',
  'kept.begun': 'Kept the item for a purpose',
  'kept.decided': 'Decided until when the item is kept',
  'kept.lapsed': 'Recorded that a purpose had lapsed',
  'destruction.proposed': 'Proposed to destroy the item',
  'destruction.approved': 'Approved what another person had proposed to destroy',
  'destruction.begun': 'Began the destruction',
  'destruction.key-gone': 'Destroyed the key',
  'destruction.blob-gone': 'Destroyed the sealed bytes',
  'destruction.completed': 'Completed the destruction: no registered copy of the key is left',
  'destruction.withdrawn': 'Withdrew a proposal to destroy',
  'discovery.made': 'Recorded the find',
  'discovery.delayed': 'Recorded why the report waits',
  'discovery.reported': 'Recorded the report',
  'telling.made': 'Recorded that somebody was told',
  'risk.declared': 'Declared a child at risk now',
  'risk.ended': 'Ended the declaration of a child at risk now',
  'act.refused': 'Asked for something that was refused',
}

/** Of openings whose end nobody told. */
const ENDED_BY_ITSELF: Readonly<Record<string, string>> = {
  'viewing.ended': 'Nobody told the end of the viewing: the program ended it when its time was over',
  'export.ended': 'Nobody told the end of the export: the program ended it when its time was over',
  'processing.ended': 'Nobody told the end of the processing: the program ended it when its time was over',
}

/** What was done. An event that is not known here is called by its code. */
export function wordsOf({ kind, actor }: Pick<Event, 'kind'> & Partial<Pick<Event, 'actor'>>): string {
  const byItself = actor === 'tutela' ? ENDED_BY_ITSELF[kind] : undefined
  if (byItself !== undefined) return byItself
  return WORDS[kind] ?? `Did what the record calls ${kind}`
}

/** Members of an event's body that bear on the handling, in the order in which they are told, and how each is called. */
const PARTICULARS: readonly (readonly [member: string, called: string, unit?: string])[] = [
  ['act', 'asked for'],
  ['because', 'because'],
  ['on', 'on'],
  ['item', 'item'],
  ['caseNumber', 'case'],
  ['level', 'shown as'],
  ['job', 'job'],
  ['roles', 'by the role'],
  ['basis', 'standing on'],
  ['override', 'a child at risk now'],
  ['boxSeconds', 'for at most', 's'],
  ['seenMilliseconds', 'on the screen for', 'ms'],
  ['isWhole', 'the whole picture'],
  ['shown', 'frames shown of a video'],
  ['seconds', 'each second of it from, until'],
  ['secondsInAll', 'its seconds in all'],
  ['ending', 'ended as'],
  ['place', 'place'],
  ['outcome', 'outcome'],
  ['profile', 'profile'],
  ['until', 'until'],
  ['expiresAt', 'expires'],
  ['way', 'found by'],
  ['discoveredAt', 'found at'],
  ['to', 'to'],
  ['reportedAt', 'reported at'],
  ['toldAt', 'told at'],
  ['recipient', 'recipient'],
]

/** The particulars of an act, each as `called: value`. */
export function particularsOf({ body }: Pick<Event, 'body'>): string[] {
  return PARTICULARS.flatMap(([member, called, unit]) => {
    const value = body[member]
    if (value === undefined || value === null) return []
    return [`${called}: ${shown(value)}${unit === undefined ? '' : ` ${unit}`}`]
  })
}

/** The purpose that an event names; undefined where it names none. */
export function purposeIn({ body }: Pick<Event, 'body'>): string | undefined {
  return typeof body['purpose'] === 'string' ? body['purpose'] : undefined
}

function shown(value: Canonical): string {
  if (value === true) return 'yes'
  if (value === false) return 'no'
  if (Array.isArray(value)) return value.map(shown).join(', ')
  if (typeof value === 'object' && value !== null) return Object.values(value).map(shown).join(' ')
  return String(value)
}
