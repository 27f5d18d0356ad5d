/** Item: what is asked about: hashes of a file or a picture, or where a file lies. */
import Type, { type Static } from 'typebox'
import { LIMITS } from './limits.ts'
import { hex, Orientation, WhichRegion } from './words.ts'

export const AskedDigests = Type.Object(
  {
    md5: Type.Optional(hex(16, 'MD5 of the bytes of the file.')),
    sha1: Type.Optional(hex(20, 'SHA-1 of the bytes of the file.')),
    sha256: Type.Optional(hex(32, 'SHA-256 of the bytes of the file.')),
  },
  { additionalProperties: false, description: 'Digests of the file, any of them.' },
)

export const AskedPdq = Type.Object(
  {
    hash: hex(32, 'PDQ hash, most significant bit first.'),
    quality: Type.Integer({
      minimum: 0,
      maximum: 100,
      description: 'PDQ quality of the picture. Below 50 the hash is mostly noise and is not looked up.',
    }),
    frame: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: LIMITS.frameMax,
        description: 'Frame or page, from 0; 0 unless given.',
      }),
    ),
    region: Type.Optional(WhichRegion),
    orientation: Type.Optional(Orientation),
  },
  { additionalProperties: false, description: 'One PDQ hash, and where in the item it comes from.' },
)

const HASHES = {
  digests: Type.Optional(AskedDigests),
  pdq: Type.Optional(
    Type.Array(AskedPdq, {
      minItems: 1,
      maxItems: LIMITS.hashesMax,
      description:
        'Up to eight PDQ hashes for each region of each frame, one for each orientation. A hash alone cannot be turned: ' +
        'give all eight to find turned and mirrored copies.',
    }),
  ),
}

const REFERENCE = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: LIMITS.referenceCharactersMax,
    description:
      'A token of your own for the item, returned with the answer. Never an account, a name or an address: where later ' +
      'matches are told, it is kept for the time that was set.',
  }),
)

/** One item by its hashes. */
export const HashedItem = Type.Object(
  { reference: REFERENCE, ...HASHES },
  { additionalProperties: false, description: 'An item by its hashes.' },
)
export type HashedItem = Static<typeof HashedItem>

/** One item by its hashes, or by where it lies. */
export const AskedItem = Type.Object(
  {
    reference: REFERENCE,
    ...HASHES,
    url: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: LIMITS.urlCharactersMax,
        description:
          'Where the file lies: fetched, hashed in memory and dropped. Only where the operator has allowed it.',
      }),
    ),
  },
  {
    additionalProperties: false,
    description: 'An item by its hashes, or by its address.',
    examples: [
      {
        pdq: [
          {
            hash: '3a5f7c91d2e4b6805f1e3d7c9ba86420f0e1d2c3b4a5968778695a4b3c2d1e0f',
            quality: 97,
            orientation: 'orig',
          },
        ],
      },
      { digests: { md5: 'd41d8cd98f00b204e9800998ecf8427e' } },
    ],
  },
)
export type AskedItem = Static<typeof AskedItem>

export const BatchAsked = Type.Object(
  {
    items: Type.Array(HashedItem, {
      minItems: 1,
      maxItems: LIMITS.itemsMax,
      description: `Up to ${LIMITS.itemsMax} items.`,
    }),
  },
  { additionalProperties: false, description: 'Many items at once, each by its hashes.' },
)
export type BatchAsked = Static<typeof BatchAsked>

/** One item by its hashes, in the address of the request. */
export const ItemInQuery = Type.Object(
  {
    md5: Type.Optional(hex(16, 'MD5 of the bytes of the file.')),
    sha1: Type.Optional(hex(20, 'SHA-1 of the bytes of the file.')),
    sha256: Type.Optional(hex(32, 'SHA-256 of the bytes of the file.')),
    pdq: Type.Optional(hex(32, 'PDQ hash of the picture as it stands.')),
    quality: Type.Optional(
      Type.String({
        pattern: '^(100|[1-9]?[0-9])$',
        description: 'PDQ quality, 0 to 100; it goes with `pdq`.',
      }),
    ),
  },
  { additionalProperties: false, description: 'An item by its hashes.' },
)
export type ItemInQuery = Static<typeof ItemInQuery>
