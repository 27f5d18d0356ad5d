/** Answer: what the gate says of an item, and what was hashed of a file. */
import Type, { type Static } from 'typebox'
import { DECISIONS } from '#terms/client'
import { DIGEST_KINDS, ORIENTATIONS } from '#terms/hash'
import { REASONS } from '#terms/verdict'
import {
  Basis,
  CategoriesByScheme,
  hex,
  ListName,
  Orientation,
  REGIONS,
  TrustWord,
  WhichRegion,
  word,
} from './words.ts'

/** Why the gate cannot say. */
const WHY = [...REASONS, 'index-not-ready', 'remote-failed', 'not-given', 'no-list', 'matches-limit'] as const

const VerdictWord = word(
  ['match', 'none', 'unknown'] as const,
  '`match`: known. `unknown`: a check could not be made. `none`: every check was made and nothing was found; it does not mean ' +
    'that the picture is harmless.',
)

const DecisionWord = word(DECISIONS, 'What to do with the upload, by the policy of your key.')

const Because = word(WHY, 'Why a check that the lists call for could not be made.')

const CheckedPart = Type.Object(
  {
    basis: word([...DIGEST_KINDS, 'pdq'] as const, 'The kind of hash that was looked up.'),
    orientations: Type.Optional(
      Type.Array(word(ORIENTATIONS, 'An orientation.'), {
        description: 'PDQ only: orientations that were looked up.',
      }),
    ),
    regions: Type.Optional(
      Type.Array(word(REGIONS, 'A region.'), { description: 'PDQ only: regions that were looked up.' }),
    ),
    frames: Type.Optional(
      Type.Integer({ description: 'PDQ only: frames or pages with a hash that was looked up.' }),
    ),
  },
  { description: 'A check that was made.' },
)

const SuppressedByPart = Type.Object(
  {
    kind: word(
      ['false-positive', 'known-good', 'judged', 'disabled'] as const,
      'Why the match does not count: the file itself, by SHA-256, is on a false-positive or known-good entry; the entry was ' +
        'judged a false positive here; or it is switched off.',
    ),
    list: Type.Optional(ListName),
    entry: Type.Optional(Type.Integer()),
  },
  { description: 'Why this match does not count. Absent where it does.' },
)

const MatchPart = Type.Object(
  {
    list: ListName,
    entry: Type.Integer({ description: 'Number of the entry.' }),
    trust: TrustWord,
    categories: CategoriesByScheme,
    basis: Basis,
    distance: Type.Optional(Type.Integer({ description: 'PDQ only: bits of 256 that differ.' })),
    orientation: Type.Optional(Orientation),
    region: Type.Optional(WhichRegion),
    frame: Type.Optional(Type.Integer({ description: 'PDQ only: frame or page, from 0.' })),
    suppressedBy: Type.Optional(SuppressedByPart),
  },
  { description: 'An entry that the item matched.' },
)

const RemotePart = Type.Object(
  {
    matcher: Type.String({ description: 'Name of the remote matcher.' }),
    kind: word(
      ['match', 'none', 'unknown'] as const,
      'What it said, or `unknown` where it could not be asked.',
    ),
    category: Type.Optional(Type.String()),
    near: Type.Optional(Type.Boolean({ description: 'A likeness, and not the same file.' })),
    because: Type.Optional(Type.String({ description: 'Why it could not say.' })),
  },
  { description: 'What a remote matcher said.' },
)

const VERDICT = {
  reference: Type.Optional(Type.String({ description: 'As given.' })),
  verdict: VerdictWord,
  because: Type.Optional(Because),
  decision: DecisionWord,
  checked: Type.Array(CheckedPart, {
    description: 'The checks that were made, of those that the lists call for.',
  }),
  matches: Type.Optional(
    Type.Array(MatchPart, {
      description: 'Only with the scope `detail`. Strongest first; what was set aside stays in it.',
    }),
  ),
  more: Type.Optional(Type.Boolean({ description: 'Only with `detail`: more matched than is listed.' })),
  remote: Type.Optional(Type.Array(RemotePart, { description: 'Only with `detail`.' })),
}

const NoneMeans = Type.String({
  description:
    'What *none* means: on which lists, at which dates, within which distance, and what it says nothing about.',
})

/** The verdict on one item of a batch. */
export const ItemVerdict = Type.Object(VERDICT, { description: 'The verdict on one item.' })
export type ItemVerdict = Static<typeof ItemVerdict>

export const MatchAnswer = Type.Object(
  { ...VERDICT, noneMeans: Type.Optional(NoneMeans) },
  {
    description: 'The verdict on the item. `noneMeans` stands wherever the verdict is *none*.',
    examples: [
      {
        verdict: 'match',
        decision: 'hold',
        checked: [{ basis: 'pdq', orientations: ['orig'], regions: ['whole'], frames: 1 }],
        matches: [
          {
            list: 'demonstration',
            entry: 17,
            trust: 'confirmed',
            categories: { 'ncmec-industry': ['A1'] },
            basis: 'pdq',
            distance: 6,
            orientation: 'orig',
            region: 'whole',
            frame: 0,
          },
        ],
        more: false,
      },
    ],
  },
)
export type MatchAnswer = Static<typeof MatchAnswer>

export const BatchAnswer = Type.Object(
  {
    items: Type.Array(ItemVerdict, {
      description: 'One verdict for each item, in the order in which they were given.',
    }),
    noneMeans: Type.Optional(NoneMeans),
  },
  { description: 'The verdicts on many items.' },
)
export type BatchAnswer = Static<typeof BatchAnswer>

const FramePart = Type.Object({
  frame: Type.Integer({ description: 'Frame or page, from 0.' }),
  region: WhichRegion,
  quality: Type.Integer({ description: 'PDQ quality, 0 to 100.' }),
  pdq: Type.Array(Type.Object({ orientation: Orientation, hash: hex(32, 'PDQ hash.') }), {
    description: 'Eight hashes, one for each orientation.',
  }),
})

export const HashAnswer = Type.Object(
  {
    kind: word(['picture', 'other', 'unknown'] as const, 'What the file is, by its content.'),
    format: Type.Optional(Type.String()),
    bytes: Type.Integer(),
    digests: Type.Object({
      md5: hex(16, 'MD5.'),
      sha1: hex(20, 'SHA-1.'),
      sha256: hex(32, 'SHA-256.'),
    }),
    width: Type.Optional(Type.Integer({ description: 'Pixels of the first frame.' })),
    height: Type.Optional(Type.Integer({ description: 'Pixels of the first frame.' })),
    frames: Type.Optional(Type.Array(FramePart)),
    because: Type.Optional(word(REASONS, 'Why not everything in it could be hashed.')),
  },
  { description: 'The hashes of a file. No list is asked.' },
)
export type HashAnswer = Static<typeof HashAnswer>
