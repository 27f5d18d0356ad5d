/** Vault: what came in is read by the decoders, and once a day every blob and key is held against what was written down. */
import type { Log } from '#ground/log'
import type { Signed } from '#store/append'
import { quarantined } from '#store/items'
import type { ItemId } from '#terms/evidence'
import { Fault } from '#terms/fault'
import { deriveItem } from '#workflow/evidence/derive'
import type { EvidenceDesk } from '#workflow/evidence/desk'
import { verifyVault } from '#workflow/evidence/verify'
import type { Job } from './job.ts'

/** Items of one round. */
const ROWS_AT_ONCE = 100
/**
 * Items read at the same time, so that no decoding child waits for the database or the disk. A lane ends with a fault of
 * its own.
 */
const LANES = 4
const RECENT_MILLISECONDS = 20 * 3_600_000
const LOST: ReadonlySet<string> = new Set(['vault.damaged', 'vault.key-lost'])

/** The jobs of a vault. */
export function vaultJobs(evidence: EvidenceDesk): Job[] {
  return [intakeJob(evidence), tidyingJob(evidence), verificationJob(evidence)]
}

/** Goes on with what a power cut, or a storage that could not be reached, left of seals and destructions. */
function tidyingJob(evidence: EvidenceDesk): Job {
  return { name: 'vault-tidying', everySeconds: 600, run: () => evidence.tidyUp() }
}

/** Takes items out of quarantine: what can be known of them without anybody looking is derived. */
function intakeJob(evidence: EvidenceDesk): Job {
  return {
    name: 'intake',
    everySeconds: 15,
    run: async ({ log }, stop) => {
      if (evidence.vault.keyring.isLocked) return
      const waiting = (await quarantined(evidence.database, ROWS_AT_ONCE)).values()
      const lane = async (): Promise<void> => {
        for (const id of waiting) {
          if (stop.aborted) return
          await taken(evidence, id, log)
        }
      }
      const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane))
      for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason
    },
  }
}

/** Takes one item out of quarantine, or puts it aside where it cannot be opened. */
async function taken(evidence: EvidenceDesk, id: ItemId, log: Log): Promise<void> {
  try {
    await deriveItem(evidence, id, { job: 'intake', purpose: 'screen', by: 'tutela' })
  } catch (error) {
    if (!(error instanceof Fault) || !LOST.has(error.code)) throw error
    log.error('an item cannot be opened', { item: id, fault: error.code })
    // Written down as damaged it is not tried again until a verification finds it whole.
    await verifyVault(evidence, (at) => ({ actor: 'tutela', at }), { only: id })
  }
}

/** Verifies, and says what it finds. */
function verificationJob(evidence: EvidenceDesk): Job {
  return {
    name: 'vault',
    everySeconds: 24 * 3600,
    run: async ({ log }, stop) => {
      const told = async (finding: object & { kind: string }): Promise<void> => {
        const { kind, ...fields } = finding
        if (kind === 'damaged' || kind === 'stray') log.error(`vault: ${kind}`, fields)
      }
      // A service that is started again does not begin anew with what it looked at today.
      const verifiedBefore = new Date(evidence.now().getTime() - RECENT_MILLISECONDS)
      const signed = (at: Date): Signed => ({ actor: 'tutela', at })
      const count = await verifyVault(evidence, signed, { told, stop, verifiedBefore })
      log.info('the vault was verified', { ...count })
    },
  }
}
