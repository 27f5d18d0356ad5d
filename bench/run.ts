/** Run: measures, and prints each figure beside what it must reach, what it aims at, and a peer from the same run. */
import { writeSync } from 'node:fs'
import { cpus } from 'node:os'
import type { Bench, Figure } from '../kernels/bench/figure.ts'
import { bench as hamming } from '../kernels/bench/hamming.bench.ts'
import { bench as pdq } from '../kernels/bench/pdq.bench.ts'
import { bench as desk } from './desk.bench.ts'
import { bench as file } from './file.bench.ts'
import { bench as ledger } from './ledger.bench.ts'
import { bench as recall } from './recall.bench.ts'
import { bench as scan } from './scan.bench.ts'
import { bench as server } from './server/server.bench.ts'
import { bench as serviceIndex } from './service-index.bench.ts'
import { bench as vault } from './vault.bench.ts'

/** Each bench file with the first words of its figures' names, so that one that is not asked for is not begun. */
const BENCHES: readonly (readonly [prefix: string, bench: Bench])[] = [
  ['index.', hamming],
  ['pdq.', pdq],
  ['file.', file],
  ['scan.', scan],
  ['recall.', recall],
  ['service-index.', serviceIndex],
  ['server.', server],
  ['ledger.', ledger],
  ['vault.', vault],
  ['desk.', desk],
]

interface Asked {
  readonly json: boolean
  readonly full: boolean
  readonly only: string
}

function asked(words: readonly string[]): Asked {
  const at = words.indexOf('--only')
  const only = at < 0 ? '' : words[at + 1]
  const unknown = words.filter(
    (word, place) => !['--json', '--full', '--only'].includes(word) && place !== at + 1,
  )
  if (only === undefined || (at < 0 && unknown.length > 0)) {
    throw new TypeError('usage: npm run bench -- [--json] [--full] [--only PREFIX]')
  }
  return { json: words.includes('--json'), full: words.includes('--full'), only }
}

function say(line: string): void {
  writeSync(1, `${line}\n`)
}

function jsonOf({ name, value, unit, reach, goal, peer, note }: Figure): string {
  return JSON.stringify({ name, value, unit, reach, goal, ...(peer && { peer }), ...(note && { note }) })
}

function rowOf(figure: Figure): string {
  const { name, value, unit, reach, goal, peer, note, lowerIsBetter } = figure
  const isReached =
    reach === null ? '' : (lowerIsBetter ? value <= reach : value >= reach) ? 'reached' : 'MISSED'
  const cells = [
    name.padEnd(34),
    readable(value).padStart(14),
    unit.padEnd(10),
    (reach === null ? '' : readable(reach)).padStart(14),
    (goal === null ? '' : readable(goal)).padStart(14),
    isReached.padEnd(8),
    peer ? `${peer.name} ${readable(peer.value)}` : '',
    note ? `(${note})` : '',
  ]
  return cells.join(' ').trimEnd()
}

function readable(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : 3
  return value.toLocaleString('en-GB', { maximumFractionDigits: digits }).replace(/,/g, ' ')
}

const { json, full, only } = asked(process.argv.slice(2))
const wants = (name: string): boolean => name.startsWith(only)
if (!json) {
  say(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.versions.node}; medians`,
  )
  say(
    `${'figure'.padEnd(34)} ${'value'.padStart(14)} ${'unit'.padEnd(10)} ${'reach'.padStart(14)} ${'goal'.padStart(14)}`,
  )
}
for (const [prefix, bench] of BENCHES) {
  if (!prefix.startsWith(only) && !only.startsWith(prefix)) continue
  for await (const figure of bench({ full, wants })) {
    if (wants(figure.name)) say(json ? jsonOf(figure) : rowOf(figure))
  }
}
