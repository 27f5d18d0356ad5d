/** The kernels in Node: their WASM bytes read from beside the package. */
import { readFile } from 'node:fs/promises'

/** Reads a built module's bytes. */
export function wasmBytes(name: 'pdq' | 'hamming'): Promise<Uint8Array> {
  return readFile(new URL(`../build/${name}.wasm`, import.meta.url))
}
