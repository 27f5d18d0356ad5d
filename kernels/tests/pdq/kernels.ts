/** Kernels: the two forms of PDQ that every test faces, and the module's own stages. */

import { openPdq, wasmBytes } from '../../src/node.ts'
import { referencePdq } from '../../src/pdq/pdq.ref.ts'
import type { Pdq, PdqExports } from '../../src/pdq/pdq.ts'
import { instantiate } from '../../src/pdq/pdq.ts'

export const forms: readonly (readonly [string, Pdq])[] = [
  ['reference', referencePdq],
  ['wasm', await openPdq()],
]

/** A fresh copy of the module, to look into. */
export async function stages(): Promise<PdqExports> {
  return instantiate(new WebAssembly.Module(await wasmBytes('pdq')))
}
