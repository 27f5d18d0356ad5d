/** Prioritisers: the one that the configuration names, opened. */
import { NSFWJS_OUTPUTS } from '#cases/weighed'
import type { Config } from '#ground/config'
import type { PrioritiserConfig } from '#ground/prioritiser-config'
import type { Decoders } from '#media/decoders'
import { openPrioritiser } from '#prioritiser/prioritiser'
import type { Database } from '#store/database'
import type { EvidenceDesk } from '../evidence/desk.ts'
import { picturePrioritiser } from './pictures.ts'
import { httpPrioritiser, type Prioritiser } from './prioritise.ts'

/** From what a prioritiser is opened. */
export interface PrioritiserGiven {
  readonly set: PrioritiserConfig
  readonly database: Database
  readonly evidence: EvidenceDesk
  /** Draws pictures for a model, whose child is confined as `sandbox` says. */
  readonly draw: Decoders['draw']
  readonly sandbox: Config['sandbox']
  /** Ends a model's child. */
  readonly stop: AbortSignal
  now(): Date
}

/**
 * Opens it; a model's child is started when there is something to ask.
 *
 * @returns undefined where none is to order
 * @throws Fault `config.invalid` where packages or a model are not there
 */
export async function prioritiserOf(given: PrioritiserGiven): Promise<Prioritiser | undefined> {
  const { set, database, evidence, draw, sandbox = 'auto', stop, now } = given
  switch (set.kind) {
    case 'off':
      return undefined
    case 'http':
      return httpPrioritiser(set)
    case 'nsfwjs':
    case 'onnx': {
      const model = await openPrioritiser({ model: set, sandbox })
      stop.addEventListener('abort', () => void model.close(), { once: true })
      const outputs = set.kind === 'onnx' ? set.onnx.outputs : NSFWJS_OUTPUTS
      return picturePrioritiser({ database, evidence, draw, model, outputs, now })
    }
  }
}
