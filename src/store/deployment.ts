/** Deployment: whether a database is for work or for demonstration: said on its first day, and for good. */
import { append, type Signed } from './append.ts'
import type { Session, Transaction } from './database.ts'

const STREAM = 'deployment:this'

/** Whether this is a demonstration; undefined where nobody has said so yet. */
export async function isDemonstration(session: Session): Promise<boolean | undefined> {
  const { rows } = await session.query<{ is_demonstration: boolean }>(
    'SELECT is_demonstration FROM deployment',
  )
  return rows[0]?.is_demonstration
}

/** Says it, where nobody has. @returns what holds from now on, which another may have said meanwhile */
export async function settleDeployment(tx: Transaction, asked: boolean, signed: Signed): Promise<boolean> {
  const { rowCount } = await tx.query(
    'INSERT INTO deployment (is_demonstration, at) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    [asked, signed.at],
  )
  if (rowCount !== 1) return (await isDemonstration(tx)) ?? asked
  const body = { isDemonstration: asked }
  await append(tx, STREAM, 0, [{ kind: 'deployment.settled', body }], signed)
  return asked
}

/** Writes down that a demonstration was made whole. */
export async function noteFilled(tx: Transaction, cases: number, signed: Signed): Promise<void> {
  await append(tx, STREAM, 1, [{ kind: 'deployment.filled', body: { cases } }], signed)
}

/** True of a demonstration that was made whole. */
export async function isFilled(session: Session): Promise<boolean> {
  const { rowCount } = await session.query(
    `SELECT FROM event WHERE stream = $1 AND kind = 'deployment.filled'`,
    [STREAM],
  )
  return rowCount === 1
}

/** True where nothing was ever done but to make the tables. */
export async function isUntouched(session: Session): Promise<boolean> {
  const { rows } = await session.query<{ is: boolean }>('SELECT NOT EXISTS (SELECT FROM event) AS is')
  return rows[0]?.is === true
}

/** As its event tells it. */
export async function deploymentState(session: Session): Promise<{ readonly isDemonstration?: boolean }> {
  const said = await isDemonstration(session)
  return said === undefined ? {} : { isDemonstration: said }
}
