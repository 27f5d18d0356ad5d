/** Limits: how much one request may ask; the reference states them. */

export const LIMITS = {
  /** Items of one batch. */
  itemsMax: 1000,
  /** PDQ hashes of one region of one frame: one for each way in which a picture can be turned. */
  hashesPerRegionMax: 8,
  /** PDQ hashes of one item, over all its frames. */
  hashesMax: 1024,
  /** Frame or page numbers. */
  frameMax: 65_535,
  referenceCharactersMax: 200,
  urlCharactersMax: 2048,
  idempotencyKeyCharactersMax: 255,
  /** Bytes of a JSON body. */
  jsonBytesMax: 8 * 1024 * 1024,
  /** Steps of one change of a list. */
  stepsMax: 5000,
} as const
