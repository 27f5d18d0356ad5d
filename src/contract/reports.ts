/** Reports: what is sent and answered about reports, and about what came of them. */
import Type, { type Static } from 'typebox'
import { CASE_KINDS } from '#terms/casework'
import { REPORT_KINDS, REPORT_STAGES } from '#terms/report'
import { CaseNumber, closed } from './evidence.ts'
import { hex, Moment, word } from './words.ts'

/** What a report is about, in a word. */
export const KindOfReport = word(REPORT_KINDS, 'What it is about. A concern needs no picture.')
export const KindOfCase = word(CASE_KINDS, '`young-people` and `workplace` take no bytes.')

/** Hashes that come with a report, or were taken of an item. */
export const HashesBody = Type.Object(
  {
    md5: Type.Optional(hex(16, 'MD5')),
    sha1: Type.Optional(hex(20, 'SHA-1')),
    sha256: Type.Optional(hex(32, 'SHA-256')),
    pdq: Type.Optional(
      Type.Array(
        Type.Object({ hash: hex(32, 'PDQ'), quality: Type.Integer({ minimum: 0, maximum: 100 }) }, closed),
        { maxItems: 8 },
      ),
    ),
  },
  closed,
)

/** A report by a platform, a partner or an analyst. A file comes as multipart beside it, or not at all. */
export const ReportBody = Type.Object(
  {
    kind: KindOfReport,
    id: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'The sender’s own: sent twice it is one report.',
      }),
    ),
    caseKind: Type.Optional(KindOfCase),
    channel: Type.Optional(
      word(
        ['platform', 'scan', 'partner', 'police'] as const,
        'How it came, unless the service knows it of the key.',
      ),
    ),
    address: Type.Optional(Type.String({ minLength: 1, maxLength: 4000 })),
    words: Type.Optional(
      Type.String({ minLength: 1, maxLength: 10_000, description: 'What was seen, and how.' }),
    ),
    contact: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
    atRisk: Type.Optional(Type.Boolean({ description: 'A child is at risk now.' })),
    hashes: Type.Optional(Type.Array(HashesBody, { maxItems: 100 })),
    about: Type.Optional(
      Type.Record(Type.String({ maxLength: 100 }), Type.String({ maxLength: 2000 }), {
        description: 'What the platform knows of it; sealed, and kept as it came.',
      }),
    ),
  },
  { ...closed, description: 'A report. It has an address, words, hashes or a file.' },
)
export type ReportBody = Static<typeof ReportBody>

export const ReportTold = Type.Object({
  report: Type.String(),
  reference: Type.String({ description: 'Told once: by it the outcome can be looked up.' }),
  case: CaseNumber,
  joined: Type.Boolean({ description: 'True where it joined a case that was open already.' }),
})

/** What a key is told of a report: of cases nothing, without the scope `detail`. */
export const ReportTaken = Type.Object({
  report: Type.String(),
  reference: Type.String({ description: 'By it the outcome can be looked up; a repeat is told it again.' }),
  case: Type.Optional(CaseNumber),
  joined: Type.Optional(Type.Boolean()),
})

export type ReportAnswer = Static<typeof ReportTaken>

export const ReferenceAsked = Type.Object(
  { reference: Type.String({ minLength: 1, maxLength: 100 }) },
  { ...closed, description: 'A reference code, as it was told.' },
)

/** An action of Coop, as its webhook tells it. What is not named here is kept as it came. */
export const CoopBody = Type.Object(
  {
    item: Type.Object(
      {
        id: Type.String({ minLength: 1, maxLength: 500 }),
        typeId: Type.Optional(Type.String({ maxLength: 500 })),
        data: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
        url: Type.Optional(Type.String({ maxLength: 4000 })),
      },
      { additionalProperties: true },
    ),
    policies: Type.Optional(Type.Array(Type.Unknown(), { maxItems: 100 })),
    action: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: true, description: 'An action on an item. Fields that are not known are kept.' },
)

export const OutcomeTold = Type.Object({
  stage: word(REPORT_STAGES, 'The same for whatever was found.'),
  receivedAt: Moment,
})
