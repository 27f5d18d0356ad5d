/** Desk: how soon a long queue opens and a case is taken up, and how fast jobs screen what lies in the vault. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId } from '#ground/id'
import { readVocabularies } from '#lists/vocabularies'
import { openDecoders } from '#media/decoders'
import { addCaseItem } from '#store/case-items'
import { openCase } from '#store/cases'
import type { Database } from '#store/database'
import { openStore } from '#store/open'
import { admitPerson, changePerson } from '#store/people'
import type { Priority } from '#terms/casework'
import type { PersonId, Role } from '#terms/people'
import { type OpenEvidence, openEvidence } from '#workflow/evidence/desk'
import { sealItem } from '#workflow/evidence/seal'
import { Views } from '#workflow/gate/view'
import { claimNext, releaseCase } from '#workflow/queue/claim'
import type { QueueDesk } from '#workflow/queue/desk'
import { readQueue } from '#workflow/queue/read'
import { severityBy } from '#workflow/queue/severity'
import { screenDue } from '#workflow/screen/screen'
import { type Bench, type Figure, median } from '../kernels/bench/figure.ts'
import { asFile } from '../src/scenes/edit.ts'
import { scene } from '../src/scenes/scene.ts'
import { LinearIndex } from '../tests/support/linear-index.ts'

const CASES = 10_000
const ROUNDS = 15
const PICTURES = 120
const AT_ONCE = 6
const BATCH = 20
const JOBS = 2
const SEALED = { by: 'tutela', purpose: 'screen', profile: 'hotline-memorandum' } as const
const PLAIN: Priority = {
  ...{ atRisk: false, gradeOne: false, severity: 1, confidence: 0, trust: 'usual' },
  receivedAt: '2026-01-01T00:00:00.000Z',
}
type OpenStore = Awaited<ReturnType<typeof openStore>>
const signed = { actor: 'tutela', at: new Date('2026-01-01T00:00:00Z') } as const
const now = (): Date => new Date()

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

/** Cases with an item and a report each, in every place of the order. */
async function fill(database: Database): Promise<void> {
  await database.query(
    `INSERT INTO desk_case (number, kind, state, opened_at, at_risk, severity, due_at, confidence, trust, received_at, version)
     SELECT 'b-' || n, 'hotline', (ARRAY['waiting', 'second', 'third'])[1 + n % 3], now(), n % 997 = 0, n % 4,
            CASE WHEN n % 3 = 0 THEN now() + n * interval '1 minute' END, n % 4, n % 3, now() - n * interval '1 second', 1
       FROM generate_series(1, $1) AS n`,
    [CASES],
  )
  await database.query(
    `INSERT INTO case_item (id, case_number, kind, state, stack, version, screening)
     SELECT 'i-' || n, 'b-' || n, 'material', 'near', 'i-' || n, 1,
            '{"outcome":"near","matches":[{"list":"l","entry":1,"trust":"confirmed","basis":"pdq","categories":{}}]}'
       FROM generate_series(1, $1) AS n`,
    [CASES],
  )
  await database.query('ANALYZE')
}

async function admitted(database: Database, roles: readonly Role[]): Promise<PersonId> {
  return database.transaction(async (tx) => {
    const given = { id: newId('p'), roles, departments: [], identity: new Uint8Array([0]) }
    const invited = await admitPerson(tx, given, signed)
    return (await changePerson(tx, invited, { state: 'active' }, 'person.activated', signed)).id
  })
}

async function queueFigures(database: Database): Promise<Figure[]> {
  await fill(database)
  const by = await admitted(database, ['analyst'])
  const severityOf = severityBy(readVocabularies())
  const desk: QueueDesk = { database, claimMinutes: 30, policy: 'two', severityOf, now }
  const [opens, claims]: [number[], number[]] = [[], []]
  for (let round = 0; round < ROUNDS; round++) {
    opens.push(await milliseconds(() => readQueue(desk, by, { limit: 100, offset: round * 300 })))
    let number = ''
    claims.push(
      await milliseconds(async () => {
        number = (await claimNext(desk, by))?.number ?? ''
      }).catch(() => Number.NaN),
    )
    if (number !== '') await releaseCase(desk, by, number).catch(() => undefined)
  }
  const note = `${CASES} open cases, ${ROUNDS} rounds, the embedded database`
  const shared = { unit: 'ms', lowerIsBetter: true, note } as const
  return [
    { name: 'desk.queue', value: median(opens), reach: 200, goal: 50, ...shared },
    { name: 'desk.claim', value: median(claims), reach: 50, goal: 20, ...shared },
  ]
}

/** Sealed pictures, each an item of a case of its own, are opened, decoded, hashed, looked up, and their cases settled. */
async function screenRatio({ database, config: connection }: OpenStore, data: string): Promise<Figure> {
  const decoders = await openDecoders({ jobs: JOBS, sandbox: 'auto' })
  const evidence = await openEvidence({ database, connection, data, decoders, now })
  try {
    const files = await sealedCases(database, evidence, data)
    const vocabularies = readVocabularies()
    const index = new LinearIndex([{ id: 1, name: 'known' }], [{ list: 1, pdq: 'ab'.repeat(32) }])
    const desk = {
      ...{ database, index, views: new Views(index), evidence, now },
      ...{ severityOf: severityBy(vocabularies), versionOf: () => undefined },
    }
    const scanned = await milliseconds(() =>
      inLanes(files, (file) => decoders.read(file, { pictures: true })),
    )
    const { signal } = new AbortController()
    const lane = async (): Promise<void> => {
      while ((await screenDue(desk, signal, BATCH)) > 0);
    }
    const screened = await milliseconds(() => Promise.all([lane(), lane()])) // as the job does
    const rate = ((PICTURES * 1000) / screened).toFixed(1)
    const note = `${rate} items/s from the vault, each of a case of its own, ${JOBS} children, beside the files read by them`
    return { name: 'desk.screenRatio', value: scanned / screened, unit: 'ratio', reach: 0.5, goal: 0.8, note }
  } finally {
    await evidence.close()
    await decoders.close()
  }
}

async function sealedCases(database: Database, evidence: OpenEvidence, data: string): Promise<string[]> {
  const files: string[] = []
  const { bytes } = await asFile(scene(1, 1600, 1004))
  for (let at = 0; at < PICTURES; at++) {
    const own = Buffer.concat([bytes, Buffer.from(String(at))]) // behind the picture: another file, the same work
    const file = join(data, `picture-${at}.jpg`)
    await writeFile(file, own)
    files.push(file)
    const { id, digests } = await sealItem(evidence, pieceOf(own), SEALED)
    await database.transaction(async (tx) => {
      const number = newId('c')
      await openCase(tx, { number, kind: 'hotline', priority: PLAIN }, signed)
      const given = { id: newId('i'), caseNumber: number, item: id, kind: 'material' } as const
      await addCaseItem(tx, { ...given, hashes: digests, screenAfter: signed.at }, signed)
    })
  }
  return files
}

async function* pieceOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function inLanes<T>(given: readonly T[], work: (one: T) => Promise<unknown>): Promise<void> {
  const waiting = given.values()
  const lane = async (): Promise<void> => {
    for (const one of waiting) await work(one)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
}

/** Yields `desk.queue`, `desk.claim` and `desk.screenRatio`. */
export const bench: Bench = async function* ({ wants }) {
  if (!['desk.queue', 'desk.claim', 'desk.screenRatio'].some(wants)) return
  const folder = await mkdtemp(join(tmpdir(), 'tutela-bench-desk-'))
  await chmod(folder, 0o711) // as root the database runs as somebody else
  const data = join(folder, 'data')
  const store = await openStore({ data, create: true })
  try {
    if (wants('desk.screenRatio')) yield await screenRatio(store, data)
    if (wants('desk.queue') || wants('desk.claim')) yield* await queueFigures(store.database)
  } finally {
    await store.close()
    await rm(folder, { recursive: true, force: true })
  }
}
