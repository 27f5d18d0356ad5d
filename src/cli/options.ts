/** Options: what several commands take, parsed once. */
import { availableParallelism } from 'node:os'
import { InvalidArgumentError, Option } from 'commander'
import { type Config, JOBS_MAX, readConfig, SANDBOX_MODES, type SandboxMode } from '#ground/config'
import { DEFAULT_LIMITS } from '#media/limits'
import type { FileLimits } from '#terms/scan'

/** Parses a whole number between two bounds. */
export function wholeNumber(least: number, most: number): (untrusted: string) => number {
  return (untrusted) => {
    const number = /^\d+$/.test(untrusted) ? Number(untrusted) : Number.NaN
    if (!(number >= least && number <= most)) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
    }
    return number
  }
}

/** Collects an option that may be given several times, one value each. */
export function collected(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}

export function jobsOption(): Option {
  return new Option('--jobs <n>', 'decoding children at once (default: one per core)').argParser(
    wholeNumber(1, JOBS_MAX),
  )
}

export function sandboxOption(): Option {
  return new Option('--sandbox <mode>', 'confine the decoding children (default: auto)').choices(
    SANDBOX_MODES,
  )
}

export function jsonOption(): Option {
  return new Option('--json', 'one JSON object per line on standard output')
}

/** The flags of every command that decodes. */
export interface DecodingFlags {
  readonly json?: boolean
  readonly jobs?: number
  readonly sandbox?: SandboxMode
}

/** How to open the decoders, from flags before configuration before defaults. */
export interface DecodingAsked {
  readonly jobs: number
  readonly sandbox: SandboxMode
  readonly limits: FileLimits
}

/** Joins flags and configuration; flags win. */
export async function decodingAsked(
  flags: Pick<DecodingFlags, 'jobs' | 'sandbox'>,
  given?: Config,
): Promise<DecodingAsked> {
  const config = given ?? (await readConfig(process.env))
  return {
    jobs: flags.jobs ?? config.jobs ?? availableParallelism(),
    sandbox: flags.sandbox ?? config.sandbox ?? 'auto',
    limits: { ...limitsOf(DEFAULT_LIMITS), ...config.limits },
  }
}

/** Of the decoders' limits those on one file, which a person may set. */
function limitsOf({ pixelsMax, bytesMax, secondsMax, memoryBytesMax, framesMax }: FileLimits): FileLimits {
  return { pixelsMax, bytesMax, secondsMax, memoryBytesMax, framesMax }
}
