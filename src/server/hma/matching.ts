/** Matching: the routes under /m, which say in which banks something is. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import {
  type BankMatches,
  drawOf,
  lookUp,
  rawLookUp,
  type Sampling,
  signalFingerprint,
} from '#workflow/hma/look-up'
import { signalRatios } from '#workflow/hma/settings'
import { type Compared, compareSignals, parseSignal, type SignalType } from '#workflow/hma/signals'
import { callerOf } from './access.ts'
import type { HmaServerDesk } from './desk.ts'
import { type AskedFile, fetchedFile, uploadedFile } from './files.ts'
import { bodyObject, queryFlag, queryNames, queryText, requiredQuery } from './parameters.ts'
import { Refusal } from './refusal.ts'
import { route } from './route.ts'
import { enabledSignal } from './signal-names.ts'

/** Registers the routes. What answers with entries and distances takes the scope for it. */
export function matchingRoutes(app: FastifyInstance, desk: HmaServerDesk): void {
  route(app, desk, {
    method: 'GET',
    url: '/m/raw_lookup',
    scopes: ['match', 'detail'],
    summary: 'The contents within reach of a signal, switched on or not',
    answer: (request) => rawLookUpAnswer(desk, request),
  })
  route(app, desk, {
    method: 'GET',
    url: '/m/lookup',
    scopes: ['match', 'detail'],
    summary: 'The banks that a signal, or what is at a url, is in',
    answer: (request) => lookUpAnswer(desk, request),
  })
  route(app, desk, {
    method: 'POST',
    url: '/m/lookup',
    scopes: ['match', 'detail'],
    summary: 'The banks that an uploaded file is in',
    answer: async (request) => fileAnswer(desk, request, await uploadedFile(desk, request)),
  })
  route(app, desk, {
    method: 'POST',
    url: '/m/compare',
    scopes: ['match'],
    summary: 'Whether two signals match each other',
    answer: (request) => compareAnswer(desk, request),
  })
}

async function rawLookUpAnswer(desk: HmaServerDesk, request: FastifyRequest) {
  const signal = requiredQuery(request, 'signal')
  const type = enabledSignal(requiredQuery(request, 'signal_type'), await signalRatios(desk))
  const banks = queryNames(request, 'banks')
  const matches = rawLookUp(desk, callerOf(request), type, asked(type, signal), banks)
  const withDistance = queryFlag(request, 'include_distance')
  return { matches: withDistance ? matches : matches.map((match) => match.bank_content_id) }
}

async function lookUpAnswer(desk: HmaServerDesk, request: FastifyRequest) {
  const url = queryText(request, 'url')
  const named = queryText(request, 'signal_type')
  if (url !== undefined) {
    const answer = fileAnswer(desk, request, await fetchedFile(desk, request, url))
    return named === undefined ? answer : Object.hasOwn(answer, named) ? answer[named] : {}
  }
  const signal = queryText(request, 'signal')
  if (signal === undefined || named === undefined)
    throw new Refusal(400, 'Either url or both signal and signal_type are required')
  const type = enabledSignal(named, await signalRatios(desk))
  return lookUp(desk, callerOf(request), asked(type, signal), samplingOf(request)).get(type) ?? {}
}

/**
 * The matches of a file by each type that was asked for; and by any other by which it matched, unless the types were chosen.
 * A file of which not enough could be hashed is refused: no client is to take that for no match.
 */
function fileAnswer(
  desk: HmaServerDesk,
  request: FastifyRequest,
  file: AskedFile,
): Readonly<Record<string, BankMatches>> {
  const found = lookUp(desk, callerOf(request), file.fingerprint, samplingOf(request))
  const others = file.others.filter((type) => found.has(type))
  const types = [...new Set([...file.types, ...others])]
  const matched = types.some((type) => found.has(type))
  if (!matched && file.types.includes('pdq')) {
    if (file.fingerprint.pdq.length === 0)
      throw new Refusal(400, 'invalid signal: there is too little in the picture for PDQ')
    if (file.incomplete !== undefined)
      throw new Refusal(400, `the file could not be hashed in full: ${file.incomplete}`)
  }
  return Object.fromEntries(types.map((type) => [type, found.get(type) ?? {}]))
}

/** One draw for all banks of a request. `bypass_coinflip` is heeded by POST alone, as HMA does it. */
function samplingOf(request: FastifyRequest): Sampling {
  const isBypassed = request.method === 'POST' && queryFlag(request, 'bypass_coinflip')
  const banks = queryNames(request, 'banks')
  return { draw: isBypassed ? 0 : drawOf(queryText(request, 'seed')), ...(banks && { banks }) }
}

function asked(type: SignalType, untrusted: string) {
  const signal = signalFingerprint(type, untrusted)
  if (signal.kind === 'invalid') throw new Refusal(400, `invalid signal: ${signal.because}`)
  return signal.fingerprint
}

async function compareAnswer(desk: HmaServerDesk, request: FastifyRequest) {
  const ratios = await signalRatios(desk)
  const compared = Object.entries(bodyObject(request)).map(([name, untrusted]): [string, Compared] => {
    const type = enabledSignal(name, ratios)
    if (!Array.isArray(untrusted) || untrusted.length !== 2)
      throw new Refusal(400, `${type} must be a list of two signals`)
    const [a, b] = untrusted.map((one: unknown) => parseSignal(type, one))
    if (a?.kind !== 'signal' || b?.kind !== 'signal')
      throw new Refusal(400, `invalid signal: ${[a, b].find((one) => one?.kind === 'invalid')?.because}`)
    return [type, compareSignals(type, a.hash, b.hash)]
  })
  return Object.fromEntries(compared)
}
