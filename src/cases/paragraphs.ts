/** Paragraphs: what the memorandum on section 46 asks of whoever claims the defence, in our words, and which facts answer. */

/** Kinds of facts, as a record numbers them: `A3` is the third act. */
export const FACT_SIGNS = {
  role: 'R',
  authority: 'W',
  training: 'E',
  advice: 'V',
  discovery: 'F',
  act: 'A',
  copy: 'C',
  telling: 'T',
  keeping: 'K',
  hold: 'H',
  destruction: 'D',
} as const
export type FactKind = keyof typeof FACT_SIGNS

/** A fact that a paragraph can be answered by, as little of it as choosing needs. */
export interface CitedFact {
  readonly fact: string
  readonly kind: FactKind
  /** Of an act: its event, as `viewing.granted`. */
  readonly event?: string
  /** Of an act: true where it names a purpose. */
  readonly hasPurpose?: boolean
  /** Of an act: on what it stood. */
  readonly hasBasis?: boolean
  /** Of a find: reported to an authority that stops the clock; a reason for delay is on record. */
  readonly isReported?: boolean
  readonly hasDelays?: boolean
  readonly reportedTo?: string
}

/** A paragraph and its question. */
export interface Asked {
  readonly paragraphs: string
  readonly asks: string
  readonly answers: (fact: CitedFact) => boolean
  /** True where it is a matter of judgement that no record can settle. */
  readonly isJudged?: boolean
}

const is =
  (...kinds: readonly FactKind[]) =>
  (fact: CitedFact): boolean =>
    kinds.includes(fact.kind)
const event =
  (...starts: readonly string[]) =>
  ({ event: kind }: CitedFact): boolean =>
    kind !== undefined && starts.some((start) => kind.startsWith(start))

/** The questions in the order of the paragraphs. */
export const PARAGRAPHS: readonly Asked[] = [
  {
    paragraphs: '4, 5',
    asks: 'That a copy was needed to prevent, detect or investigate crime, or for proceedings. The person has to prove it.',
    answers: (fact) => fact.kind === 'act' && fact.hasPurpose === true,
    isJudged: true,
  },
  {
    paragraphs: '12',
    asks: 'That the position was not abused: a large organisation’s systems show it; in a small one, what was done and why.',
    answers: (fact) => is('role', 'advice', 'training')(fact) || event('act.refused')(fact),
    isJudged: true,
  },
  {
    paragraphs: '15',
    asks: 'An identified role or duty by which the person had to respond, and that the copy was made in the course of it.',
    answers: (fact) => fact.kind === 'role' || (fact.kind === 'act' && fact.hasBasis === true),
  },
  {
    paragraphs: '15',
    asks: 'How the picture was discovered or made.',
    answers: is('discovery'),
  },
  {
    paragraphs: '16',
    asks: 'That it was reported to a relevant authority, and how soon.',
    answers: (fact) => fact.kind === 'discovery' && fact.isReported === true,
  },
  {
    paragraphs: '16',
    asks: 'That any delay was reasonable, and not meant to hinder an investigation.',
    answers: (fact) => fact.kind === 'discovery' && fact.hasDelays === true,
    isJudged: true,
  },
  {
    paragraphs: '16',
    asks: 'Who else was told, inside and outside; each person answers for their own acts and good faith.',
    answers: is('telling'),
  },
  {
    paragraphs: '17',
    asks: 'That it was handled and stored securely, with access restricted, and not passed on without need.',
    answers: (fact) => event('vault.', 'viewing.', 'export.', 'handover.')(fact) || fact.kind === 'copy',
  },
  {
    paragraphs: '18, 19',
    asks: 'For how long and for what it is kept. The two years and the purposes named there are for the hotline’s own set.',
    answers: is('keeping', 'destruction'),
  },
  {
    paragraphs: '20',
    asks: 'That no more was copied than the purpose needed, and where every copy is.',
    answers: (fact) =>
      fact.kind === 'copy' || event('viewing.granted', 'export.granted', 'processing.granted')(fact),
  },
  {
    paragraphs: '21',
    asks: 'That what was preserved for a report was proportionate: images of discs, logs, mailboxes and the like.',
    answers: (fact) => fact.kind === 'hold' || (fact.kind === 'keeping' && fact.event === 'preserve'),
    isJudged: true,
  },
  {
    paragraphs: '22',
    asks: 'That the person acted reasonably, kept to safeguards and did not appoint themself an investigator.',
    answers: event('act.refused'),
    isJudged: true,
  },
  {
    paragraphs: '23, 24, 25',
    asks: 'Written authorities under which the person acted, and whether the acts stayed within them.',
    answers: is('authority'),
  },
  {
    paragraphs: '26',
    asks: 'Advice that was given about earlier conduct, and whether it was acknowledged.',
    answers: is('advice'),
  },
  {
    paragraphs: '27',
    asks: 'A report by the procedure of the Internet Watch Foundation, which counts as one to a relevant authority.',
    answers: (fact) => fact.kind === 'discovery' && fact.reportedTo === 'iwf',
  },
  {
    paragraphs: '31, 32',
    asks: 'Training in which real material was viewed, by authorised staff.',
    answers: is('training'),
  },
]
