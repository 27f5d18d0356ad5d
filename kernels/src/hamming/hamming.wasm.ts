/** The Hamming index's WASM module: what the host may call. */
export {
  bucketsAreSound, countBand, fillFromLast, fillLarge, idsAreSound, openBuckets, partBand, placeWork, sortParts,
} from './bands.wasm'
export { sum, sumRoom } from './checksum.wasm'
export { placeEntries, placeScratch, placeSegment } from './place.wasm'
export { removeEqual } from './removal.wasm'
export { search } from './search.wasm'
