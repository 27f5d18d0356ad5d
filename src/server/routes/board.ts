/** Board: figures for those who answer for the work, as JSON or one table as CSV. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import * as contract from '#contract/board'
import { Fault } from '#terms/fault'
import { readBoard } from '#workflow/board/board'
import { csvOf, sendCsv } from '../csv.ts'
import { problems, SIGNED_IN } from '../reference.ts'
import type { Service } from '../server.ts'
import { signedInGuard } from '../session/guard.ts'

const DAYS = 30
const COLUMNS: Readonly<Record<contract.BoardTable, readonly string[]>> = {
  clocks: ['ends', 'cases'],
  waiting: ['since', 'cases'],
  load: ['state', 'kind', 'cases', 'claimed', 'held'],
  screening: ['what', 'items'],
  decisions: ['day', 'known', 'one', 'agreed', 'adjudicated'],
  agreement: ['scheme', 'people', 'pairs', 'same', 'kappa', 'from', 'until', 'caveat'],
  sample: ['decided', 'drawn', 'waits', 'agreed', 'upheld', 'changed'],
  golden: ['scheme', 'votes', 'right', 'kappa', 'from', 'until', 'caveat'],
  growth: ['day', 'added', 'withdrawn', 'entries'],
  takedown: ['kind', 'category', 'items', 'suppressed'],
}

/** `GET /v1/board` */
export function boardRoute(app: FastifyInstance, service: Service): void {
  const onRequest = signedInGuard(service)
  const schema = {
    ...{ tags: ['desk'], security: SIGNED_IN, querystring: contract.BoardQuery },
    summary: 'Clocks, load, agreement and what is ready to be taken down; of the team, never by person.',
    description: 'With `format=csv` and `table` one of its tables, for a spreadsheet.',
    response: {
      200: {
        description: 'The board, or a table of it.',
        content: {
          'application/json': { schema: contract.BoardTold },
          'text/csv': { schema: Type.String() },
        },
      },
      ...problems(400, 401, 403, 503),
    },
  }
  app.get('/v1/board', { schema, onRequest }, async (request, reply) => {
    const { days, format, table } = request.query as contract.BoardQuery
    if (!service.assess) throw new Fault('config.invalid', 'this service has no desk')
    if (format === 'csv' && table === undefined)
      throw new Fault('request.invalid', 'a CSV file is one table: name it by `table`')
    const board = await readBoard(
      service.assess,
      request.person.id,
      Math.min(contract.BOARD_DAYS_MAX, Number(days ?? DAYS)),
    )
    if (format !== 'csv' || table === undefined) return board
    return sendCsv(
      reply,
      `board-${table}-${board.at.slice(0, 10)}`,
      csvOf(COLUMNS[table], board.tables[table]),
    )
  })
}
