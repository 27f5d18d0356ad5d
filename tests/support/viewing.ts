/** Viewing: an open desk of evidence whose clock can be moved, and items sealed into it, for a test. */
import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { onTestFinished } from 'vitest'
import { EXPOSURE_POLICY } from '#people/exposure'
import type { Database } from '#store/database'
import { addToCase } from '#store/items'
import type { ItemId } from '#terms/evidence'
import type { RenderAsked, Rendering } from '#terms/media'
import type { Person } from '#terms/people'
import { type OpenEvidence, openEvidence } from '#workflow/evidence/desk'
import { sealItem } from '#workflow/evidence/seal'
import { askViewing, type ViewDesk, type ViewingAsked } from '#workflow/evidence/view'
import { temporaryDatabase } from './database.ts'
import { temporaryFolder } from './folder.ts'
import { someone } from './people.ts'

/** A desk whose clock can be moved, and which renders nothing but says what it was asked for. */
export interface MovableDesk extends ViewDesk {
  clock: Date
  readonly evidence: OpenEvidence
  /** The folder in which blobs and keys lie. */
  readonly data: string
  readonly rendered: { readonly bytes: Buffer; readonly asked: RenderAsked }[]
}

/** What stands in for a rendering. */
const RENDERED: Extract<Rendering, { kind: 'rendered' }> = {
  kind: 'rendered',
  mediaType: 'image/png',
  bytes: Buffer.from('pixels'),
  width: 640,
  height: 480,
  frames: 1,
  source: { width: 640, height: 480 },
  isWhole: true,
}

export async function movableDesk(
  { database, config }: { readonly database: Database; readonly config: pg.ClientConfig },
  rendering: Rendering = RENDERED,
): Promise<MovableDesk> {
  const rendered: { readonly bytes: Buffer; readonly asked: RenderAsked }[] = []
  const decoders = {
    readBytes: async () => ({ kind: 'unread', because: 'unreadable' }) as const,
    render: async (bytes: Buffer, asked: RenderAsked) => {
      rendered.push({ bytes: Buffer.from(bytes), asked })
      return rendering
    },
    renderVideo: async () => ({ kind: 'unknown', because: 'unsupported' }) as const,
  }
  const data = await temporaryFolder()
  const now = (): Date => desk.clock
  const moved = { clock: new Date('2026-03-02T09:00:00Z') }
  const evidence = await openEvidence({
    database,
    connection: config,
    data,
    decoders,
    now: () => moved.clock,
  })
  onTestFinished(() => evidence.close())
  const { vault } = evidence
  const desk: MovableDesk = Object.assign(moved, {
    ...{ database, vault, decoders, rendered, exposure: EXPOSURE_POLICY, evidence, now, data },
  })
  return desk
}

/** Seals bytes, random ones unless given, into a case. */
export async function sealedItem(
  { evidence, clock }: Pick<MovableDesk, 'evidence' | 'clock'>,
  caseNumber: string,
  bytes: Uint8Array = randomBytes(1000),
): Promise<ItemId> {
  async function* source(): AsyncGenerator<Uint8Array> {
    yield bytes
  }
  const asked = { by: 'tutela', purpose: 'assess', profile: 'hotline-memorandum' } as const
  const { id } = await sealItem(evidence, source(), asked)
  await evidence.database.transaction((tx) => addToCase(tx, id, caseNumber, { actor: 'tutela', at: clock }))
  return id
}

/** An analyst, and an item of a case of theirs. */
export interface ViewingScene {
  readonly desk: MovableDesk
  readonly analyst: Person
  readonly item: ItemId
}

export async function viewingScene(bytes?: Uint8Array): Promise<ViewingScene> {
  const at = await temporaryDatabase()
  const desk = await movableDesk(at)
  const analyst = await someone(at.database, ['analyst'], { cases: ['K-1'] })
  return { desk, analyst, item: await sealedItem(desk, 'K-1', bytes) }
}

/** Asks for a full viewing of the item, or for another. */
export function ask({ desk, analyst, item }: ViewingScene, asked: Partial<ViewingAsked> = {}) {
  return askViewing(desk, { by: analyst.id, item, level: 'full', purpose: 'assess', ...asked })
}

/** Moves the clock on. */
export function later(desk: MovableDesk, seconds: number): void {
  desk.clock = new Date(desk.clock.getTime() + seconds * 1000)
}
