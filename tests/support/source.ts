/** Source: a source whose partner is a fake, its secret files, and the desk that pulls it, with a clock that a test turns. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { ask } from '#ground/wire/ask'
import { retrying } from '#ground/wire/retrying'
import { parseSource } from '#lists/exchanges/source'
import type { Database } from '#store/database'
import type { SourceDefinition } from '#terms/source'
import type { PullDesk } from '#workflow/pull/desk'

/** A desk whose clock stands until it is turned, and which waits for nothing. */
export interface TestDesk extends PullDesk {
  turn(seconds: number): void
  readonly waits: number[]
}

export const TEST_TIME = new Date('2026-01-10T12:00:00Z')

export function testDesk(database: Database): TestDesk {
  let time = TEST_TIME.getTime()
  const waits: number[] = []
  const wait = async (seconds: number): Promise<void> => {
    waits.push(seconds)
  }
  const locked = new Set<string>()
  return {
    database,
    ask: retrying(ask, { triesMax: 3, wait }),
    lock: async (name) => {
      if (locked.has(name)) return undefined
      locked.add(name)
      return { lost: new AbortController().signal, release: async () => void locked.delete(name) }
    },
    now: () => new Date(time),
    pause: wait,
    turn: (seconds) => {
      time += seconds * 1000
    },
    waits,
  }
}

/** A source as its file would state it. */
export async function testSource(
  kind: string,
  base: string,
  secrets: Readonly<Record<string, string>>,
  more: Readonly<Record<string, unknown>> = {},
): Promise<SourceDefinition> {
  const folder = await mkdtemp(join(tmpdir(), 'tutela-source-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const [key, secret] of Object.entries(secrets)) await writeFile(join(folder, key), `${secret}\n`)
  const { options, name = 'tried', ...rest } = more
  const stated = {
    name,
    title: 'A fake',
    publisher: 'Nobody',
    terms: 'For tests.',
    uses: ['gate', 'scan'],
    list: name,
    trust: 'confirmed',
    api: { kind, base, addresses: 'any', ...(options !== undefined && { options }) },
    secrets: Object.fromEntries(Object.keys(secrets).map((key) => [key, key])),
    schedule: '0 * * * *',
    assertions: { shrinkMax: 0.3, growMax: 2, staleAfterDays: 3 },
    ...rest,
  }
  return parseSource(stated, join(folder, `${name}.yaml`), folder)
}
