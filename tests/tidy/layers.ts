/** Layers: imports go down only, and the tool that says so really saw the modules. */
import { spawnSync } from 'node:child_process'

/** A tool that resolves nothing finds nothing wrong: fewer modules than this means it is blind. */
const MODULES_MIN = 60

interface Cruise {
  readonly summary: {
    readonly totalCruised: number
    readonly violations: readonly { from: string; to: string; rule: { name: string } }[]
  }
}

export function checkLayers(): readonly string[] {
  const folders = ['src', 'console/src', 'kernels/src', 'kernels/tests', 'kernels/bench', 'tests', 'bench']
  const run = spawnSync('npx', ['--no-install', 'depcruise', '--output-type', 'json', ...folders], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (!run.stdout.startsWith('{')) return [`dependency-cruiser failed: ${run.stderr}${run.stdout}`]
  const { summary } = JSON.parse(run.stdout) as Cruise
  const wrong = summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} → ${to}`)
  if (summary.totalCruised < MODULES_MIN) wrong.push(`only ${summary.totalCruised} modules were seen`)
  return wrong
}
