/** Lists: which there are, one made, and the entries of one changed, by stewards. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { ChangeAsked, ChangeTold, ListsTold, ListTold, NewList } from '#contract/lists'
import { ListName } from '#contract/words'
import { lockList } from '#store/changes'
import type { Transaction } from '#store/database'
import { allLists, createList, listNamed } from '#store/lists'
import { type Applied, applyStepsIn } from '#store/steps'
import { isAwaitedBy } from '#terms/client'
import { Fault } from '#terms/fault'
import { md5, pdqHash, sha1, sha256 } from '#terms/hash'
import type { EntryHashes, EntryStep, RegisteredList } from '#terms/register'
import { changed, holdToVersion, maySee, refuseUnkept, refuseUnseen, signedBy } from '../curation.ts'
import { guard } from '../guard.ts'
import { answerOnce, changeOnce } from '../idempotency.ts'
import { KEYED, problems } from '../reference.ts'
import { clientOf } from '../request.ts'
import type { Service } from '../server.ts'

const Named = Type.Object({ name: ListName })
const tags = ['lists']

/** `GET /v1/lists`, `POST /v1/lists`, `GET /v1/lists/{name}`, `POST /v1/lists/{name}/changes` */
export function listRoutes(app: FastifyInstance, service: Service): void {
  seeRoutes(app, service)
  makeRoute(app, service)
  changeRoute(app, service)
}

function seeRoutes(app: FastifyInstance, service: Service): void {
  const onRequest = guard(service, 'detail', 'curate')
  const summary = 'The lists that this key may look at.'
  const all = { tags, summary, response: { 200: ListsTold, ...problems(401, 403, 429, 503) } }
  app.get('/v1/lists', { schema: all, onRequest }, async (request): Promise<ListsTold> => {
    const lists = await allLists(service.database)
    return { lists: lists.filter((list) => maySee(clientOf(request), list)).map(shown) }
  })
  const one = {
    tags,
    summary: 'A list. `ETag` is its version.',
    params: Named,
    response: { 200: ListTold, ...problems(400, 401, 403, 404, 429, 503) },
  }
  app.get('/v1/lists/:name', { schema: one, onRequest }, async (request, reply): Promise<ListTold> => {
    const { name } = request.params as { name: string }
    const list = await listNamed(service.database, name)
    refuseUnseen(clientOf(request), list, `list "${name}"`)
    reply.header('etag', `"${list.version}"`)
    return shown(list)
  })
}

function makeRoute(app: FastifyInstance, service: Service): void {
  const schema = {
    tags,
    summary: 'Makes an empty list.',
    body: NewList,
    response: { 201: ListTold, ...problems(400, 401, 403, 409, 422, 429, 503) },
  }
  app.post('/v1/lists', { schema, config: KEYED, onRequest: guard(service, 'curate') }, (request, reply) => {
    const { name, scheme, ...terms } = request.body as NewList
    const asking = { parts: [JSON.stringify(request.body)] }
    return changeOnce(service, request, reply, asking, async (transaction) => {
      if (!isAwaitedBy(clientOf(request), name))
        throw new Fault('register.unknown', `there is no list "${name}" for this key`)
      const given = { ...terms, ...(scheme !== undefined && { scheme }) }
      const list = await createList(transaction, name, given, signedBy(service, request))
      return { status: 201, body: shown(list) }
    })
  })
}

function changeRoute(app: FastifyInstance, service: Service): void {
  const schema = {
    tags,
    summary: 'Puts and withdraws entries of a list: all of it, or nothing.',
    description:
      'With `If-Match` the change is made only on that version of the list. It is answered once look-ups heed it, or after ' +
      'some ' +
      'seconds with `searchable: false`.',
    params: Named,
    body: ChangeAsked,
    response: { 200: ChangeTold, ...problems(400, 401, 403, 404, 409, 412, 422, 429, 503) },
  }
  const config = { headers: ['idempotency-key', 'if-match'] as const }
  app.post(
    '/v1/lists/:name/changes',
    { schema, config, onRequest: guard(service, 'curate') },
    (request, reply) => {
      const { name } = request.params as { name: string }
      const asked = request.body as ChangeAsked
      refuseUnkept(asked.because)
      const parts = [JSON.stringify(asked), request.headers['if-match'] ?? '']
      const steps = (): EntryStep[] => asked.steps.map(stepOf)
      if (asked.dryRun)
        return answerOnce(service, request, reply, { parts }, async () => ({
          status: 200,
          body: told(await tried(service, request, name, steps())),
        }))
      return changeOnce(service, request, reply, { parts }, async (transaction) => {
        const given = { name, steps: steps(), ...(asked.because !== undefined && { because: asked.because }) }
        const applied = await apply(transaction, service, request, given)
        return 'number' in applied ? changed(service.index, applied) : { status: 200, body: told(applied) }
      })
    },
  )
}

/** Thrown to end a transaction of which nothing is kept. */
class CountedOnly extends Error {
  readonly applied: Applied

  constructor(applied: Applied) {
    super('counted only')
    this.applied = applied
  }
}

/** What steps would do; nothing of it is kept. */
async function tried(
  service: Service,
  request: FastifyRequest,
  name: string,
  steps: readonly EntryStep[],
): Promise<Applied> {
  const counted = service.database.transaction(async (transaction) => {
    throw new CountedOnly(await apply(transaction, service, request, { name, steps, dryRun: true }))
  })
  return counted.catch((ended: unknown) => {
    if (ended instanceof CountedOnly) return ended.applied
    throw ended
  })
}

async function apply(
  transaction: Transaction,
  service: Service,
  request: FastifyRequest,
  {
    name,
    steps,
    ...more
  }: Pick<ChangeAsked, 'because' | 'dryRun'> & {
    readonly name: string
    readonly steps: readonly EntryStep[]
  },
): Promise<Applied> {
  const list = await lockList(transaction, name)
  refuseUnseen(clientOf(request), list, `list "${name}"`)
  holdToVersion(request, list)
  const signed = signedBy(service, request)
  return applyStepsIn(transaction, list, [steps], { kind: 'edit', signed, ...more })
}

/** What steps came to where nothing was changed. */
function told({ kind, added, replaced, withdrawn, unchanged }: Applied): ChangeTold {
  return { kind, added, replaced, withdrawn, unchanged, searchable: true }
}

/** A step whose form the contract has checked. @throws Fault `request.invalid` for an entry without a hash */
function stepOf(step: ChangeAsked['steps'][number]): EntryStep {
  switch (step.kind) {
    case 'withdraw':
      return step
    case 'put': {
      const { key, trust, categories, label, source, ...untrustedHashes } = step.entry
      const hashes = hashesOf(untrustedHashes)
      if (Object.keys(hashes).length === 0)
        throw new Fault('request.invalid', 'an entry has at least one hash')
      return {
        kind: 'put',
        entry: {
          ...hashes,
          ...(key !== undefined && { key }),
          ...(trust !== undefined && { trust }),
          ...(categories !== undefined && { categories }),
          ...(label !== undefined && { label }),
          ...(source !== undefined && { source }),
        },
      }
    }
  }
}

function hashesOf(untrusted: { [Kind in keyof EntryHashes]?: string }): EntryHashes {
  const parsed = {
    md5: untrusted.md5 === undefined ? undefined : md5(untrusted.md5),
    sha1: untrusted.sha1 === undefined ? undefined : sha1(untrusted.sha1),
    sha256: untrusted.sha256 === undefined ? undefined : sha256(untrusted.sha256),
    pdq: untrusted.pdq === undefined ? undefined : pdqHash(untrusted.pdq),
    photodna: untrusted.photodna,
  }
  return Object.fromEntries(Object.entries(parsed).filter(([, hash]) => hash !== undefined))
}

function shown({ id: _, ...list }: RegisteredList): ListTold {
  return { ...list, uses: [...list.uses] }
}
