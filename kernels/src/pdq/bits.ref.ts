/** Bits: which coefficients lie above the lower median of the 256. */

/** Element 128 of 256 in ascending order. */
export function median(matrix: Float32Array): number {
  return matrix.slice().sort()[127] ?? Number.NaN
}

/** The hash of a matrix of coefficients: 32 bytes, bit 255 first. */
export function bits(matrix: Float32Array): Uint8Array {
  const threshold = median(matrix)
  const hash = new Uint8Array(32)
  for (const [k, value] of matrix.entries()) {
    if (value > threshold) hash[31 - (k >> 3)] = (hash[31 - (k >> 3)] ?? 0) | (1 << (k & 7))
  }
  return hash
}
