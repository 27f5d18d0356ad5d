/** May: what a person's roles let them do, as far as the table says it; what else the door asks for is decided at each act. */
import type { Act, Person, Purpose } from '#terms/people'
import type { Row } from './row.ts'
import { TABLE } from './table.ts'

/** An act that somebody's roles open. */
export interface MayAct {
  readonly act: Act
  /** One of these is asked for; absent where none is. */
  readonly purposes?: readonly Purpose[]
  /** On what: themself alone, anybody but themself, in cases allocated to them, or anything. */
  readonly on: NonNullable<Row['reach']> | 'anything'
}

/** Every act that somebody's roles open, in the order of the table; nothing to whoever is not active. */
export function mayOf({ roles, state }: Pick<Person, 'roles' | 'state'>): MayAct[] {
  if (state !== 'active') return []
  const open = TABLE.filter(
    (row) => row.roles === 'everybody' || row.roles.some((one) => roles.includes(one)),
  )
  return open.flatMap(({ acts, purposes, reach }) =>
    acts.map((act): MayAct => ({ act, ...(purposes && { purposes }), on: reach ?? 'anything' })),
  )
}
