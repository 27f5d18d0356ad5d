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

let hamming: Promise<WebAssembly.Module> | undefined

/** The Hamming kernel's module, compiled once for all indexes of the process. */
export function hammingModule(): Promise<WebAssembly.Module> {
  hamming ??= wasmBytes('hamming').then((bytes) => WebAssembly.compile(bytes))
  return hamming
}
