/** Viewing: an open desk of evidence whose clock can be moved, and items sealed into it, for a test. */
import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { onTestFinished } from 'vitest'
import { EXPOSURE_POLICY } from '#people/exposure'
import type { Database } from '#store/database'
import { addToCase } from '#store/items'
import type { ItemId } from '#terms/evidence'
import type { RenderAsked, Rendering } from '#terms/media'
import { type OpenEvidence, openEvidence } from '#workflow/evidence/desk'
import { sealItem } from '#workflow/evidence/seal'
import type { ViewDesk } from '#workflow/evidence/view'
import { temporaryFolder } from './folder.ts'

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
