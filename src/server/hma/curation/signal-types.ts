/** Signal types: the routes that say which types of signal and content are answered, switch them, and say how the index fares. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type IndexFigures, indexFigures } from '#workflow/hma/figures'
import { setSignalRatio, signalRatios } from '#workflow/hma/settings'
import { CONTENT_TYPES, SIGNAL_TYPES, SIGNALS_OF, type SignalType } from '#workflow/hma/signals'
import { callerOf } from '../access.ts'
import type { HmaServerDesk } from '../desk.ts'
import { bodyObject, member, pathText, queryText, shareOf } from '../parameters.ts'
import { Refusal } from '../refusal.ts'
import { route } from '../route.ts'
import { knownSignal } from '../signal-names.ts'

/** Registers the routes. */
export function signalTypeRoutes(app: FastifyInstance, desk: HmaServerDesk): void {
  const curate = { scopes: ['curate'] } as const
  route(app, desk, {
    ...{ method: 'GET', url: '/c/signal_type', ...curate, summary: 'The types of signal' },
    answer: async () =>
      [...(await signalRatios(desk))].map(([name, enabled_ratio]) => ({ name, enabled_ratio })),
  })
  route(app, desk, {
    ...{ method: 'PUT', url: '/c/signal_type/:type', ...curate, summary: 'Switch a type of signal' },
    answer: async (request, reply) => {
      const type = knownSignal(pathText(request, 'type'))
      const given = member(bodyObject(request), 'enabled_ratio')
      if (given === undefined) throw new Refusal(400, 'enabled_ratio is required')
      await setSignalRatio(desk, callerOf(request), type, shareOf(given, 'enabled_ratio'))
      return reply.code(204).send()
    },
  })
  route(app, desk, {
    ...{ method: 'GET', url: '/c/signal_type/index', ...curate, summary: 'How far the index is' },
    answer: async (request) => perType(typesAsked(request), await indexFigures(desk), buildStatus),
  })
  route(app, desk, {
    ...{ method: 'GET', url: '/c/content_type', ...curate, summary: 'The types of content' },
    answer: async () => {
      const ratios = await signalRatios(desk)
      const isOn = (type: SignalType): boolean => (ratios.get(type) ?? 0) > 0
      return CONTENT_TYPES.map((name) => ({ name, enabled: SIGNALS_OF[name].some(isOn) }))
    },
  })
  route(app, desk, {
    ...{ method: 'GET', url: '/m/index/status', scopes: ['match'], summary: 'What the index holds' },
    answer: async (request) => perType(typesAsked(request), await indexFigures(desk), matchStatus),
  })
}

function typesAsked(request: FastifyRequest): readonly SignalType[] {
  const named = queryText(request, 'signal_type')
  return named === undefined ? SIGNAL_TYPES : [knownSignal(named)]
}

function perType<T>(
  types: readonly SignalType[],
  figures: IndexFigures,
  say: (figures: IndexFigures, type: SignalType) => T,
): Readonly<Record<string, T>> {
  return Object.fromEntries(types.map((type) => [type, say(figures, type)]))
}

/** HMA keeps an index for each type: here one is there as soon as it holds a hash of the type. */
function matchStatus({ isReady, indexed, builtTo }: IndexFigures, type: SignalType) {
  const present = isReady && indexed[type] > 0
  return { present, built_to: present ? builtTo : -1, size: present ? indexed[type] : 0 }
}

function buildStatus({ stored, indexed, isBehind, newest, builtTo }: IndexFigures, type: SignalType) {
  return {
    db_size: stored[type],
    index_size: indexed[type],
    index_out_of_date: isBehind,
    newest_db_item: newest,
    index_built_to: builtTo,
  }
}
