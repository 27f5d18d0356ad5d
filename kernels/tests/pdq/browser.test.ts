/** Browser: the door and the module ask nothing of Node, and give there what they give here. */
import { readFile } from 'node:fs/promises'
import vm from 'node:vm'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { openPdq, wasmBytes } from '../../src/node.ts'
import type { Pdq, Pixels } from '../../src/pdq/pdq.ts'
import { generated } from './pictures.ts'

const source = new URL('../../src/pdq/', import.meta.url)

/** Runs a file and what it imports in a realm that has the language and WebAssembly, and nothing of Node. */
async function loadBare(file: string, realm: vm.Context, seen: string[]): Promise<Record<string, unknown>> {
  seen.push(file)
  const text = await readFile(new URL(file, source), 'utf8')
  const compiled = ts.transpileModule(text, {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      verbatimModuleSyntax: false,
    },
  }).outputText
  const imported = new Map<string, unknown>()
  for (const [, path = ''] of compiled.matchAll(/require\("([^"]+)"\)/g)) {
    imported.set(path, await loadBare(path.replace('./', ''), realm, seen))
  }
  const exports = {}
  const run = vm.runInContext(`(exports, require) => { ${compiled} }`, realm)
  run(exports, (path: string) => imported.get(path))
  return exports
}

test('a realm without Node hashes to the same bytes, from four files and no import', async () => {
  const realm = vm.createContext({})
  expect(vm.runInContext('typeof process + typeof Buffer + typeof WebAssembly', realm)).toBe(
    'undefinedundefinedobject',
  )
  const seen: string[] = []
  const door = await loadBare('pdq.ts', realm, seen)
  expect([...new Set(seen)].sort()).toEqual(['cosines.ts', 'orientation.ts', 'pdq.ts', 'pixels.ts'])
  const createPdq = door['createPdq'] as (wasm: Uint8Array) => Promise<Pdq>
  const there = await createPdq(await wasmBytes('pdq'))
  const here = await openPdq()
  const pixels: Pixels = generated({ width: 300, height: 200, channels: 3, seed: 8, noise: 90 })
  const [a, b] = [there.hash(pixels), here.hash(pixels)]
  expect({ quality: a.quality, hashes: [...a.orientations] }).toEqual({
    quality: b.quality,
    hashes: [...b.orientations],
  })
})

test('the module imports nothing', async () => {
  const { WebAssembly: wasm } = globalThis as unknown as {
    WebAssembly: { Module: { imports(module: object): readonly unknown[] } }
  }
  expect(wasm.Module.imports(new WebAssembly.Module(await wasmBytes('pdq')))).toEqual([])
})
