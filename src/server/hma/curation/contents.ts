/** Contents: the routes that add to a bank, show what is in it, switch it off and on, and take it out. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ContentNotes } from '#store/hma'
import type { EntryHashes } from '#terms/register'
import { bankOf } from '#workflow/hma/banks'
import {
  addContent,
  type BankContent,
  type ContentChange,
  changeContent,
  contentOf,
  disableUntilOf,
  removeContent,
} from '#workflow/hma/contents'
import { signalRatios } from '#workflow/hma/settings'
import { parseSignal, type Signals, signalsOf } from '#workflow/hma/signals'
import { callerOf } from '../access.ts'
import type { HmaServerDesk } from '../desk.ts'
import { askedSignals, fetchedFile, uploadedFile } from '../files.ts'
import { bodyObject, member, pathNumber, pathText, queryFlag, queryText } from '../parameters.ts'
import { Refusal } from '../refusal.ts'
import { route } from '../route.ts'
import { enabledSignal } from '../signal-names.ts'
import { isForm } from '../upload.ts'
import { requiredBank } from './banks.ts'
import { noteOf, notesOfBody, notesOfFields } from './metadata.ts'

const FIVE_YEARS_SECONDS = 5 * 365 * 86_400

/** Registers the routes. */
export function contentRoutes(app: FastifyInstance, desk: HmaServerDesk): void {
  const curate = { scopes: ['curate'] } as const
  const one = '/c/bank/:bank/content/:content'
  route(app, desk, {
    ...{
      method: 'POST',
      url: '/c/bank/:bank/content',
      ...curate,
      summary: 'Add a file, or what is at a url',
    },
    answer: (request) => addFileAnswer(desk, request),
  })
  route(app, desk, {
    ...{ method: 'POST', url: '/c/bank/:bank/signal', ...curate, summary: 'Add signals' },
    answer: (request) => addSignalsAnswer(desk, request),
  })
  route(app, desk, {
    ...{ method: 'GET', url: one, ...curate, summary: 'A content' },
    answer: (request) => showAnswer(desk, request),
  })
  route(app, desk, {
    ...{ method: 'PUT', url: one, ...curate, summary: 'Switch a content off or on, or change its note' },
    answer: (request) => changeAnswer(desk, request),
  })
  route(app, desk, {
    ...{ method: 'DELETE', url: one, ...curate, summary: 'Take a content out' },
    answer: async (request) => {
      const bank = await requiredBank(desk, request)
      const number = pathNumber(request, 'content')
      if (number === undefined) throw noContent(request)
      return { deleted: await removeContent(desk, callerOf(request), bank, number) }
    },
  })
}

async function addFileAnswer(desk: HmaServerDesk, request: FastifyRequest) {
  const bank = await requiredBank(desk, request)
  const isFolded = desk.settings.foldMetadata ?? false
  const url = queryText(request, 'url')
  if (url !== undefined) {
    const notes = notesOfBody(request, isFolded)
    return added(desk, request, bank.name, askedSignals(await fetchedFile(desk, request, url)), notes)
  }
  if (!isForm(request)) throw new Refusal(400, 'Neither `url` nor multipart file upload was received')
  const file = await uploadedFile(desk, request)
  return added(desk, request, bank.name, askedSignals(file), notesOfFields(file.fields, isFolded))
}

async function addSignalsAnswer(desk: HmaServerDesk, request: FastifyRequest) {
  const bank = await requiredBank(desk, request)
  const { note: untrustedNote, ...signals } = bodyObject(request)
  const note = noteOf(untrustedNote)
  return added(desk, request, bank.name, signals, note === null ? {} : { note })
}

/** Adds signals to a bank, all of which must be such. */
async function added(
  desk: HmaServerDesk,
  request: FastifyRequest,
  bankName: string,
  untrusted: Readonly<Record<string, unknown>>,
  notes: ContentNotes,
): Promise<{ readonly id: number; readonly signals: Signals }> {
  const ratios = await signalRatios(desk)
  const names = Object.keys(untrusted)
  if (names.length === 0) throw new Refusal(400, 'No signals given')
  let hashes: EntryHashes = {}
  for (const name of names) {
    const type = enabledSignal(name, ratios)
    const signal = parseSignal(type, untrusted[name])
    if (signal.kind === 'invalid') throw new Refusal(400, `Invalid ${type} signal: ${signal.because}`)
    hashes = { ...hashes, ...signal.hashes }
  }
  const bank = await requiredBank(desk, request)
  if (bank.name !== bankName) throw new Refusal(404, `bank '${bankName}' not found`)
  const id = await addContent(desk, callerOf(request), bank, hashes, notes)
  return { id, signals: signalsOf(hashes) }
}

async function showAnswer(desk: HmaServerDesk, request: FastifyRequest) {
  const bank = await requiredBank(desk, request)
  const number = pathNumber(request, 'content')
  const content = number === undefined ? undefined : await contentOf(desk.database, bank, number)
  if (!content) throw noContent(request)
  const { note } = content.notes
  const signals = queryFlag(request, 'include_signals') && signalsOf(content.entry)
  const metadata = queryFlag(request, 'include_metadata', true) && metadataOf(content)
  return {
    id: content.entry.entry,
    disable_until_ts: disableUntilOf(content),
    original_media_uri: null,
    bank: bankOf(content.bank),
    ...(signals && Object.keys(signals).length > 0 && { signals }),
    ...(metadata && { metadata }),
    ...(note !== undefined && { note }),
  }
}

async function changeAnswer(desk: HmaServerDesk, request: FastifyRequest) {
  const bank = await requiredBank(desk, request)
  const number = pathNumber(request, 'content')
  const change = changeOf(bodyObject(request), desk.now())
  const content =
    number === undefined ? undefined : await changeContent(desk, callerOf(request), bank, number, change)
  if (!content) throw noContent(request)
  return {
    id: content.entry.entry,
    disable_until_ts: disableUntilOf(content),
    collab_metadata: collabOf(content),
    original_media_uri: null,
    bank: bankOf(content.bank),
    user_metadata: content.notes.metadata ?? null,
    note: content.notes.note ?? null,
  }
}

function changeOf(body: Readonly<Record<string, unknown>>, now: Date): ContentChange {
  const until = member(body, 'disable_until_ts')
  const hasNote = Object.hasOwn(body, 'note')
  return {
    ...(until !== undefined && { disableUntil: secondsOf(until, now) }),
    ...(hasNote && { note: noteOf(body['note']) }),
  }
}

function secondsOf(untrusted: unknown, now: Date): number {
  const isText = typeof untrusted === 'string' && /^-?\d{1,15}$/.test(untrusted)
  const seconds = isText ? Number(untrusted) : untrusted
  if (typeof seconds !== 'number' || !Number.isSafeInteger(seconds) || seconds < 0)
    throw new Refusal(400, 'disable_until_ts must be a non-negative integer')
  if (seconds > now.getTime() / 1000 + FIVE_YEARS_SECONDS)
    throw new Refusal(400, 'disable_until_ts must be less than 5 years in the future')
  return seconds
}

/** What was said of a content and where it comes from; undefined where there is neither. */
function metadataOf(content: BankContent) {
  const { metadata } = content.notes
  const collab = content.sources.length > 0 ? collabOf(content) : null
  if (!metadata && !collab) return undefined
  const { content_id = null, content_uri = null, json = null } = metadata ?? {}
  return { content_id, content_uri, json, collab }
}

/** The publisher's key of a content, by the exchange that fills its bank, which has the bank's name. */
function collabOf({ sources, entry, bank }: BankContent): Readonly<Record<string, readonly string[]>> {
  return sources.length > 0 ? { [bank.name]: [entry.key] } : {}
}

function noContent(request: FastifyRequest): Refusal {
  return new Refusal(404, `content '${pathText(request, 'content').slice(0, 20)}' not found`)
}
