/** Vault: what is sent and answered about sealed items; never their content. */
import Type, { type Static } from 'typebox'
import { DAMAGES } from '#terms/evidence'
import { PURPOSES } from '#terms/people'
import { Moment, word } from './words.ts'

const closed = { additionalProperties: false } as const
const Hex = (bytes: number) => Type.String({ pattern: `^[0-9a-f]{${2 * bytes}}$` })
const ItemIdText = Type.String({ pattern: '^v-[0-9a-hjkmnp-tv-z]{16}$', description: 'An item.' })
const PurposeWord = word(PURPOSES, 'Why somebody acts on material.')

export const ItemNamed = Type.Object({ id: ItemIdText })

/** What a file is sealed for, beside the file itself. */
export const SealQuery = Type.Object(
  {
    purpose: PurposeWord,
    profile: Type.String({ pattern: '^[a-z][a-z0-9-]{0,63}$', description: 'The retention profile.' }),
    case: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_./-]{1,100}$', description: 'A case.' })),
  },
  closed,
)
export type SealQuery = Static<typeof SealQuery>

export const DerivedTold = Type.Object({
  kind: word(['picture', 'other', 'unknown'] as const, 'What the content is.'),
  format: Type.Optional(Type.String()),
  because: Type.Optional(Type.String({ description: 'Why some of it, or all, could not be hashed.' })),
  width: Type.Optional(Type.Integer()),
  height: Type.Optional(Type.Integer()),
  frames: Type.Array(
    Type.Object({
      frame: Type.Integer(),
      region: Type.String(),
      quality: Type.Integer(),
      pdq: Type.Array(Hex(32), { description: 'PDQ in eight orientations.' }),
    }),
  ),
  kernels: Type.String({ description: 'The version of what decoded and hashed.' }),
  processedAt: Moment,
})

/** An item, as those may see it who may know of it. */
export const ItemTold = Type.Object({
  id: ItemIdText,
  digests: Type.Object({ md5: Hex(16), sha1: Hex(20), sha256: Hex(32) }),
  sizeBytes: Type.Integer(),
  mediaType: Type.String({ description: 'By content, never by name.' }),
  custodian: Type.String(),
  sealedAt: Moment,
  state: word(['quarantined', 'available', 'destroyed'] as const, 'How it stands.'),
  blob: Type.Object({ sha256: Hex(32), sizeBytes: Type.Integer() }),
  derived: Type.Optional(DerivedTold),
  verifiedAt: Type.Optional(Moment),
  damagedBecause: Type.Optional(word(DAMAGES, 'What the last verification found wrong.')),
  destroyedAt: Type.Optional(Moment),
  version: Type.Integer(),
})

export const ItemShown = Type.Object({
  item: ItemTold,
  kept: Type.Array(
    Type.Object({
      purpose: PurposeWord,
      profile: Type.String(),
      from: Moment,
      until: Type.Optional(Moment),
      lapsedAt: Type.Optional(Moment),
    }),
  ),
  openings: Type.Array(
    Type.Object({
      id: Type.String(),
      kind: word(['viewing', 'export', 'processing'] as const, 'There is no fourth.'),
      person: Type.String(),
      purpose: PurposeWord,
      level: Type.Optional(Type.String()),
      job: Type.Optional(Type.String()),
      grantedAt: Moment,
      releasedAt: Type.Optional(Moment),
      endedAt: Type.Optional(Moment),
      ending: Type.Optional(Type.String()),
    }),
  ),
})
export type ItemShown = Static<typeof ItemShown>

export const Processing = Type.Object(
  {
    purpose: PurposeWord,
    job: Type.String({ pattern: '^[a-z][a-z0-9-]{0,63}$', description: 'Which job.' }),
  },
  closed,
)
export type Processing = Static<typeof Processing>

export const VaultTold = Type.Object({
  isLocked: Type.Boolean({ description: 'True while a passphrase is awaited: nothing is sealed or opened.' }),
  blobs: word(['folder', 's3'] as const, 'Where the blobs lie.'),
})

export const Unlocking = Type.Object({ passphrase: Type.String({ minLength: 1, maxLength: 1000 }) }, closed)
export type Unlocking = Static<typeof Unlocking>

export const VerifiedTold = Type.Object({
  kind: word(['whole', 'digest-only', 'damaged', 'destroyed'] as const, 'What was found.'),
  because: Type.Optional(word(DAMAGES, 'What is wrong.')),
  chunk: Type.Optional(Type.Integer({ description: 'The first chunk that is not as it was sealed.' })),
  belongsTo: Type.Optional(ItemIdText),
})
