/** Desk: what screening works with. */
import type { Database } from '#store/database'
import { type Client, POLICY_DEFAULT } from '#terms/client'
import type { Categories } from '#terms/register'
import type { RegisterIndex } from '#terms/register-index'
import type { RemoteMatcher } from '#terms/remote'
import type { EvidenceDesk } from '../evidence/desk.ts'
import type { GateDesk } from '../gate/match.ts'
import type { Views } from '../gate/view.ts'

/** The desk asks as a client would that may see everything that the lists' terms permit at the gate. */
export const DESK_CLIENT: Client = {
  id: 0,
  name: 'desk',
  scopes: ['match', 'detail'],
  policy: POLICY_DEFAULT,
}

/** What screening works with. */
export interface ScreenDesk extends GateDesk {
  readonly database: Database
  readonly index: RegisterIndex
  readonly views: Views
  /** Matchers that others run, asked beside the index. */
  readonly remote?: readonly RemoteMatcher[]
  /** The vault; absent where the service has none: then sealed items stay unknown. */
  readonly evidence?: EvidenceDesk
  /** How grave categories are, 0 to 3, by the vocabularies. */
  severityOf(categories: Categories): number | undefined
  /** The version of a scheme as it is known here. */
  versionOf(scheme: string): string | undefined
  now(): Date
}
