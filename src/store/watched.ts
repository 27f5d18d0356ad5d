/** Watched: a connection that is asked now and then whether it still is one, since a dead network says nothing. */
import type pg from 'pg'

export interface Watched {
  /** Ends the connection; `gone` is not called then. */
  end(): Promise<void>
}

const ASK_MILLISECONDS = 5_000
const ANSWER_MILLISECONDS_MAX = 10_000

/** @param gone called once, when the connection broke or answers no longer */
export function watched(client: pg.Client, gone: () => void): Watched {
  let isOver = false
  const over = (): void => {
    if (isOver) return
    isOver = true
    clearInterval(asking)
    gone()
  }
  client.on('error', over)
  client.on('end', over)
  const asking = setInterval(() => ask(client).catch(() => cut(client, over)), ASK_MILLISECONDS)
  asking.unref()
  return {
    end: async () => {
      isOver = true
      clearInterval(asking)
      await client.end().catch(() => undefined) // it may be broken already
    },
  }
}

async function ask(client: pg.Client): Promise<void> {
  const config: pg.QueryConfig & { query_timeout: number } = {
    text: 'SELECT 1',
    query_timeout: ANSWER_MILLISECONDS_MAX,
  }
  await client.query(config)
}

function cut(client: pg.Client, over: () => void): void {
  over()
  client.end().catch(() => undefined)
}
