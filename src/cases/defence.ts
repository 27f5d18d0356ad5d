/** Defence: the record for one person and one item or case: facts in order, what the paragraphs ask, and which facts answer. */
import type { Event } from '#terms/event'
import { particularsOf, purposeIn, wordsOf } from './act-words.ts'
import { clockOf, lengthInWords } from './clock.ts'
import type { DefenceFacts } from './defence-facts.ts'
import type { DefenceRecord, Fact, LedgerLine, ParagraphAnswer } from './defence-record.ts'
import { type CitedFact, FACT_SIGNS, type FactKind, PARAGRAPHS } from './paragraphs.ts'
import { roleParticulars, roleSpans } from './role-spans.ts'

/** What a record says where nothing answers. */
export const NOT_RECORDED = 'not recorded'

const STATEMENT = [
  'This record states what the register holds. It does not argue, and it does not say whether the defence applies.',
  'The person must prove the defence: section 46 of the Sexual Offences Act 2003, which amends the Act of 1978.',
  'It is for the police to investigate and for the Crown Prosecution Service to decide.',
  'It is no legal advice. The law that it speaks of is that of England and Wales.',
  'People are named by pseudonyms. Times are in UTC, by the clock that wrote them; the ledger shows their order.',
  'Where it says "not recorded", nothing stands in the register. That is no statement that nothing happened.',
]

/** Assembles the record. The same facts give the same record, byte by byte. */
export function defenceRecord(facts: DefenceFacts): DefenceRecord {
  const sections = {
    roles: numbered('role', roleFacts(facts)),
    authorities: numbered('authority', authorityFacts(facts)),
    training: numbered('training', trainingFacts(facts)),
    advice: numbered('advice', adviceFacts(facts)),
    discovery: numbered('discovery', discoveryFacts(facts)),
    acts: numbered('act', actFacts(facts)),
    copies: numbered('copy', copyFacts(facts)),
    tellings: numbered('telling', tellingFacts(facts)),
    keeping: numbered('keeping', keepingFacts(facts)),
    holds: numbered('hold', holdFacts(facts)),
    destructions: numbered('destruction', destructionFacts(facts)),
  }
  const cited = citedFacts(facts, sections)
  return {
    format: 'tutela-defence-record/1',
    place: 'England and Wales',
    instrument: 'Memorandum of understanding on section 46 Sexual Offences Act 2003, 7 January 2021',
    statement: STATEMENT,
    made: { at: facts.at, by: facts.madeBy },
    person: { pseudonym: facts.person, ...(facts.name !== undefined && { name: facts.name }) },
    subject: facts.subject,
    organisation: facts.organisation ?? NOT_RECORDED,
    items: facts.items.map(({ id, digests, mediaType, sizeBytes, sealedAt, state, destroyedAt }) => ({
      ...{ id, sha256: digests.sha256, mediaType, sizeBytes, sealedAt, state },
      ...(destroyedAt !== undefined && { destroyedAt }),
    })),
    ...sections,
    paragraphs: PARAGRAPHS.map(({ paragraphs, asks, answers, isJudged }): ParagraphAnswer => {
      const found = cited.filter(answers).map(({ fact }) => fact)
      return {
        ...{ paragraphs, asks, facts: found, answer: found.length > 0 ? 'see facts' : NOT_RECORDED },
        ...(isJudged && {
          judged: 'A matter of judgement, which no record settles.',
        }),
      }
    }),
    ledger: ledgerLines(facts, sections.acts),
  }
}

type Section = Omit<Fact, 'fact'>

function numbered(kind: FactKind, facts: readonly Section[]): Fact[] {
  return facts.map((one, index) => ({ fact: `${FACT_SIGNS[kind]}${index + 1}`, ...one }))
}

function roleFacts({ personEvents }: DefenceFacts): Section[] {
  return roleSpans(personEvents).map((span) => ({
    at: span.from,
    words: span.roles.length > 0 ? `Had the roles ${span.roles.join(', ')}` : 'Had no role',
    particulars: roleParticulars(span),
  }))
}

function authorityFacts({ authorities }: DefenceFacts): Section[] {
  return authorities.map((one) => ({
    at: one.from,
    words: `Written authority ${one.id} by ${one.issuer}, for ${one.issuedFor}`,
    particulars: [
      `purposes: ${one.purposes.join(', ')}`,
      `acts: ${one.acts.join(', ')}`,
      `until: ${one.until}`,
      ...(one.people.length > 0 ? [`people: ${one.people.join(', ')}`] : []),
      ...(one.departments.length > 0 ? [`departments: ${one.departments.join(', ')}`] : []),
      ...(one.conditions.length > 0 ? [`conditions: ${one.conditions.join('; ')}`] : []),
      ...(one.reviewAt === undefined ? [] : [`review: ${one.reviewAt}`]),
      ...(one.revokedAt === undefined ? [] : [`revoked: ${one.revokedAt}`]),
    ],
  }))
}

function trainingFacts({ training }: DefenceFacts): Section[] {
  return training.map(({ at, subject, givenBy, validUntil }) => ({
    ...{ at, words: `Was trained in ${subject}, by ${givenBy}` },
    particulars: validUntil === undefined ? [] : [`holds until: ${validUntil}`],
  }))
}

function adviceFacts({ advice }: DefenceFacts): Section[] {
  return advice.map(({ at, officer, words, acts, acknowledgedAt }) => ({
    ...{ at, words: `Was advised by ${officer}: ${words}` },
    particulars: [`on: ${acts.join(', ')}`, `acknowledged: ${acknowledgedAt ?? NOT_RECORDED}`],
  }))
}

function discoveryFacts({ discoveries, at }: DefenceFacts): Section[] {
  return discoveries.map((find) => {
    const clock = clockOf(find, new Date(at))
    return {
      at: find.discoveredAt,
      words: `Found by ${find.way}: ${find.how}`,
      particulars: [
        `by: ${find.discoveredBy}${find.saidBy === undefined ? '' : `, as said by ${find.saidBy}`}`,
        `of: ${find.subject.kind} ${find.subject.id}`,
        `reported: ${find.reportedAt ?? NOT_RECORDED}`,
        ...(find.reportedTo === undefined ? [] : [`reported to: ${find.reportedTo}`]),
        ...(find.reference === undefined ? [] : [`reference: ${find.reference}`]),
        ...(find.dueAt === undefined ? [] : [`to be reported by: ${find.dueAt}`]),
        ...clockParticulars(clock),
        ...find.delays.map((delay) => `reason for delay (${delay.at}, ${delay.person}): ${delay.reason}`),
      ],
    }
  })
}

function clockParticulars(clock: ReturnType<typeof clockOf>): string[] {
  switch (clock.kind) {
    case 'running':
      return [`not reported yet after: ${lengthInWords(clock.seconds)}`]
    case 'stopped':
      return [
        `from discovery to report: ${lengthInWords(clock.seconds)}`,
        `counts as a report by: ${clock.basis}`,
      ]
    case 'times-disagree':
      return ['from discovery to report: the times that were given disagree, so no length is stated']
  }
}

function actFacts({ acts }: DefenceFacts): Section[] {
  const purposes = purposesOf(acts)
  return acts.map((event) => ({
    at: event.at,
    words: wordsOf(event),
    purpose: purposeIn(event) ?? purposes.get(placeOf(event)) ?? NOT_RECORDED,
    particulars: particularsOf(event),
    event: { stream: event.stream, version: event.version, kind: event.kind },
  }))
}

/**
 * Purposes that stand beside an act: what is done with an opening is done for what it was granted for, and what is sealed is kept
 * from that moment for a purpose.
 */
function purposesOf(acts: readonly Event[]): ReadonlyMap<string, string> {
  const purposes = new Map<string, string>()
  for (const event of acts) {
    const purpose = purposeIn(event)
    if (purpose === undefined) continue
    if (event.kind.endsWith('.granted')) purposes.set(placeOf(event), purpose)
    if (event.kind === 'kept.begun') purposes.set(`vault:${event.body['item']} ${event.at}`, purpose)
  }
  return purposes
}

function placeOf({ stream, at }: Event): string {
  return stream.startsWith('vault:') ? `${stream} ${at}` : stream
}

function copyFacts({ copies }: DefenceFacts): Section[] {
  return copies.map((copy) => ({
    at: copy.madeAt,
    words: `A copy may be in: ${copy.place}, ${copy.label}`,
    particulars: [
      `registered by: ${copy.madeBy}`,
      ...(copy.item === undefined ? ['of: the keys of many items'] : [`of: ${copy.item}`]),
      ...(copy.expiresAt === undefined ? [] : [`ends by itself: ${copy.expiresAt}`]),
      `accounted for: ${copy.accountedAt ?? NOT_RECORDED}`,
      ...(copy.outcome === undefined ? [] : [`outcome: ${copy.outcome}`]),
      ...(copy.proof === undefined ? [] : [`shown by: ${copy.proof}`]),
    ],
  }))
}

function tellingFacts({ tellings }: DefenceFacts): Section[] {
  return tellings.map(({ at, told, what, by }) => ({
    ...{ at, words: `Told ${told}: ${what}`, particulars: [`by: ${by}`] },
  }))
}

function keepingFacts({ keeping }: DefenceFacts): Section[] {
  return keeping.map(({ item, purpose, profile, from, until, lapsedAt }) => ({
    at: from,
    words: `${item} is kept under the profile ${profile}`,
    purpose,
    particulars: [
      `until: ${until ?? 'it is decided'}`,
      ...(lapsedAt === undefined ? [] : [`lapsed: ${lapsedAt}`]),
    ],
  }))
}

function holdFacts({ holds }: DefenceFacts): Section[] {
  return holds.map(({ item, issuer, because, placedAt, releasedAt }) => ({
    at: placedAt,
    words: `${item} is held for ${issuer}: ${because}`,
    particulars: [`released: ${releasedAt ?? 'not yet'}`],
  }))
}

function destructionFacts({ destructions }: DefenceFacts): Section[] {
  return destructions.map((one) => ({
    at: one.proposedAt,
    words: `The destruction of ${one.item} was proposed: ${one.because}`,
    particulars: [
      `proposed by: ${one.proposedBy}`,
      `approved: ${one.approvedAt === undefined ? 'no' : `${one.approvedAt} by ${one.approvedBy}`}`,
      ...(one.withdrawnAt === undefined ? [] : [`withdrawn: ${one.withdrawnAt}`]),
      `key destroyed: ${one.keyGoneAt ?? 'no'}`,
      `sealed bytes destroyed: ${one.blobGoneAt ?? 'no'}`,
      `no registered copy of the key left: ${one.completeAt ?? 'not yet'}`,
    ],
  }))
}

/** The facts as the paragraphs choose among them. */
function citedFacts(
  { acts, discoveries, keeping }: DefenceFacts,
  sections: Pick<
    DefenceRecord,
    | 'roles'
    | 'authorities'
    | 'training'
    | 'advice'
    | 'discovery'
    | 'acts'
    | 'copies'
    | 'tellings'
    | 'keeping'
    | 'holds'
    | 'destructions'
  >,
): CitedFact[] {
  const plain = (kind: FactKind, facts: readonly Fact[]): CitedFact[] =>
    facts.map(({ fact }) => ({ fact, kind }))
  return [
    ...plain('role', sections.roles),
    ...plain('authority', sections.authorities),
    ...plain('training', sections.training),
    ...plain('advice', sections.advice),
    ...sections.discovery.map(({ fact }, index): CitedFact => {
      const find = discoveries[index]
      const isReported = find?.reportedAt !== undefined
      const told = find?.reportedTo === undefined ? {} : { reportedTo: find.reportedTo }
      return { fact, kind: 'discovery', isReported, hasDelays: (find?.delays.length ?? 0) > 0, ...told }
    }),
    ...sections.acts.map(({ fact, purpose }, index): CitedFact => {
      const event = acts[index]
      const wasDone = event?.kind !== 'act.refused'
      const hasBasis = event?.body['basis'] !== undefined || event?.body['roles'] !== undefined
      return {
        fact,
        kind: 'act',
        event: event?.kind ?? '',
        hasPurpose: wasDone && purpose !== NOT_RECORDED,
        hasBasis,
      }
    }),
    ...plain('copy', sections.copies),
    ...plain('telling', sections.tellings),
    ...sections.keeping.map(({ fact }, index): CitedFact => {
      return { fact, kind: 'keeping', event: keeping[index]?.purpose ?? '' }
    }),
    ...plain('hold', sections.holds),
    ...plain('destruction', sections.destructions),
  ]
}

/** Where each event that is named stands in the ledger. */
function ledgerLines({ ledger }: DefenceFacts, acts: readonly Fact[]): LedgerLine[] {
  const facts = new Map(acts.map(({ fact, event }) => [`${event?.stream} ${event?.version}`, fact]))
  return ledger.map(({ stream, version, salt, leaf, number, proof }) => {
    const fact = facts.get(`${stream} ${version}`)
    return {
      ...(fact !== undefined && { fact }),
      ...{ stream, version, salt, leaf, number: number ?? 'pending', proof: proof ?? NOT_RECORDED },
    }
  })
}
