/** The kernels in Node: their WASM bytes read from beside the package. */
import { readFile } from 'node:fs/promises'
import type { Pdq } from './pdq/pdq.ts'
import { createPdq } from './pdq/pdq.ts'

/** Reads a built module's bytes. */
export function wasmBytes(name: 'pdq' | 'hamming'): Promise<Uint8Array<ArrayBuffer>> {
  return readFile(new URL(`../build/${name}.wasm`, import.meta.url))
}

/** Opens the PDQ kernel. */
export async function openPdq(): Promise<Pdq> {
  return createPdq(await wasmBytes('pdq'))
}
