/** Check: everything that a machine can hold against a change, in named steps. */
import { spawnSync } from 'node:child_process'
import { checkLayers } from './layers.ts'
import { checkLockfile } from './lockfile.ts'
import { checkRegister } from './register.ts'
import { checkSizes } from './sizes.ts'
import { checkWords } from './words.ts'

/** A step gives what is wrong, each in one line; none when all is well. */
type Step = readonly [name: string, run: () => readonly string[]]

/** Runs a program; what it prints is shown only when it fails. */
function program(...command: readonly [string, ...string[]]): readonly string[] {
  const [name, ...rest] = command
  const run = spawnSync('npx', ['--no-install', name, ...rest], { encoding: 'utf8', maxBuffer: 1 << 26 })
  return run.status === 0 ? [] : [`${run.stdout}${run.stderr}`.trim() || `${name} ended with ${run.status}`]
}

const STEPS: readonly Step[] = [
  ['format and lint', () => program('biome', 'check', '--error-on-warnings', '.')],
  ['types', () => ['.', 'console'].flatMap((project) => program('tsc', '--noEmit', '-p', project))],
  ['layers', checkLayers],
  ['sizes', checkSizes],
  ['dead code', () => program('knip')],
  ['words', checkWords],
  ['media register', checkRegister],
  ['lockfile', checkLockfile],
]

let failed = 0
for (const [name, run] of STEPS) {
  const wrong = run()
  process.stdout.write(`${wrong.length === 0 ? 'ok    ' : 'WRONG '} ${name}\n`)
  for (const line of wrong) process.stdout.write(`${line}\n`)
  if (wrong.length > 0) failed += 1
}
process.exitCode = failed === 0 ? 0 : 1
