/** Begin: a transaction that begins with its first statement, both on one way to the database. */
import pg from 'pg'
import type { TextDigests } from '#ground/digest-key'
import type { Session } from './database.ts'

/** A transaction on a connection, and whether it has begun. */
export interface Begun extends Session {
  /** The connection, for COPY. @throws TypeError before the first statement: nothing would be undone with the rest then */
  readonly connection: pg.PoolClient
  /** False until there was a statement: there is nothing to commit. */
  readonly isBegun: boolean
}

const BEGIN = { name: 'begin', text: 'BEGIN' } as const
/** Connections that know the statement of this name. */
const prepared = new WeakSet<pg.PoolClient>()

/** A transaction that begins with what is asked of it first. */
export function transactionOn(connection: pg.PoolClient, digests: TextDigests): Begun {
  let isBegun = false
  const query = <R extends pg.QueryResultRow>(
    statement: string | pg.QueryConfig,
    values?: readonly unknown[],
  ): Promise<pg.QueryResult<R>> => {
    const ask = () => connection.query<R>(statement as string, values as unknown[])
    if (isBegun) return ask()
    isBegun = true
    const config =
      typeof statement === 'string' ? { text: statement, values: [...(values ?? [])] } : statement
    if (prepared.has(connection) && config.values?.length) return withBegin<R>(connection, config)
    const begin = connection.query(BEGIN)
    prepared.add(connection)
    return begin.then(ask) // a text without values may be several statements, which go the simple way
  }
  return {
    query,
    digests,
    get isBegun() {
      return isBegun
    },
    get connection() {
      if (!isBegun) throw new TypeError('a transaction does not begin with a COPY')
      return connection
    },
  }
}

/** Sends BEGIN and a statement together; where the statement fails its transaction has begun, and failed. */
function withBegin<R extends pg.QueryResultRow>(
  connection: pg.PoolClient,
  config: pg.QueryConfig,
): Promise<pg.QueryResult<R>> {
  return new Promise((resolve, reject) => {
    const callback = (error: Error | null, results: [unknown, pg.QueryResult<R>]): void =>
      error ? reject(error) : resolve(results[1])
    const given = { ...config, callback }
    const query = new pg.Query<R>(given)
    const submit = query.submit.bind(query)
    query.submit = (protocol) => {
      protocol.stream.cork()
      try {
        protocol.bind({ statement: BEGIN.name }, true)
        protocol.execute({}, true)
        return submit(protocol)
      } finally {
        protocol.stream.uncork()
      }
    }
    connection.query(query)
  })
}
