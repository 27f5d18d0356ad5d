/** Viewings: what of an item a person really saw, and openings whose end nobody told. */
import { areSeenIn, coversSeconds, type SecondsSeen } from '#cases/seconds'
import type { Event } from '#terms/event'
import type { ItemId } from '#terms/evidence'
import { Fault } from '#terms/fault'
import { type FramesAsked, framesMostOf } from '#terms/video'
import { append, eventsOf, type Signed } from './append.ts'
import type { Database, Session } from './database.ts'
import { type OpeningRecord, openingNamed, openingStream } from './openings.ts'

/** What was rendered for a viewing. */
export interface RenderedFor {
  readonly width: number
  readonly height: number
  /** Which of the file's frames, counted from 0, and how many it has. */
  readonly frame: number
  readonly frames: number
  /** True when all of the picture was shown, large enough to be seen. */
  readonly isWhole: boolean
  /** Of a video: how many frames were shown, and which seconds of how many. */
  readonly video?: {
    readonly shown: number
    readonly secondsInAll: number
    /** The seconds that were all shown in full, the last one left out. */
    readonly seconds?: readonly [from: number, until: number]
  }
}

/**
 * Writes down what is about to be shown: it stands before anybody sees it.
 *
 * @throws Fault `evidence.refused` where the viewing has ended or its time is over: then nothing may be shown
 */
export async function noteRendered(
  database: Database,
  id: string,
  { width, height, frame, frames, isWhole, video }: RenderedFor,
  signed: Signed,
): Promise<void> {
  await database.transaction(async (tx) => {
    const { rows } = await tx.query<{ version: number }>(
      `UPDATE opening SET is_whole = $2, version = version + 1
        WHERE id = $1 AND ended_at IS NULL AND released_at + box_seconds * interval '1 second' >= $3 RETURNING version`,
      [id, isWhole, signed.at],
    )
    const version = rows[0]?.version
    if (version === undefined)
      throw new Fault('evidence.refused', `the viewing ${id} ended before there was anything to show`)
    const body = { width, height, frame, frames, isWhole, ...video }
    await append(tx, openingStream(id), version - 1, [{ kind: 'viewing.rendered', body }], signed)
  })
}

/**
 * True exactly when somebody here has seen the whole item: a viewing at the level *full* that showed all of the picture and was
 * ended as complete; or, of a video, such viewings by one and the same person that together showed every second of it. No
 * number of partial views of a picture amounts to it, and no decision on others that look alike.
 *
 * @param before only what was seen by then counts: when a report was filed
 */
export async function viewedByPerson(session: Session, item: ItemId, before?: Date): Promise<boolean> {
  const { rows } = await session.query<{ viewed: boolean }>(
    `SELECT EXISTS (SELECT FROM opening
       WHERE item = $1 AND kind = 'viewing' AND level = 'full' AND ending = 'complete' AND is_whole
         AND ($2::timestamptz IS NULL OR ended_at <= $2)) AS viewed`,
    [item, before ?? null],
  )
  return rows[0]?.viewed === true || everySecondSeen(session, item, before)
}

/** True where one person has completed full viewings of every second of a video. */
async function everySecondSeen(session: Session, item: ItemId, before: Date | undefined): Promise<boolean> {
  const { rows } = await session.query<{ person: string; seen: number | null; body: Event['body'] }>(
    `SELECT o.person, o.seen_milliseconds AS seen, e.body FROM opening o
       JOIN event e ON e.stream = 'opening:' || o.id AND e.kind = 'viewing.rendered'
      WHERE o.item = $1 AND o.kind = 'viewing' AND o.level = 'full' AND o.ending = 'complete'
        AND ($2::timestamptz IS NULL OR o.ended_at <= $2)`,
    [item, before ?? null],
  )
  const seen = new Map<string, SecondsSeen[]>()
  const pieces = rows.filter(({ seen, body }) => areSeenIn(seen ?? 0, Number(body['shown'])))
  for (const { person, body } of pieces) {
    const [seconds, inAll] = [body['seconds'], body['secondsInAll']]
    if (!Array.isArray(seconds) || typeof inAll !== 'number') continue
    const [from, until] = seconds.map(Number)
    if (from === undefined || until === undefined) continue
    seen.set(person, [...(seen.get(person) ?? []), { from, until, inAll }])
  }
  return [...seen.values()].some(coversSeconds)
}

/** Which frames of a video a viewing was granted for; undefined where it was granted for a picture. */
export async function framesGranted(session: Session, id: string): Promise<FramesAsked | undefined> {
  const [granted] = await eventsOf(session, openingStream(id))
  return granted?.body['frames'] as FramesAsked | undefined
}

/** Frames that count as seen in a viewing: those that were shown, all that it was granted for until that is known. */
export async function framesCounted(session: Session, id: string): Promise<number> {
  const [granted, ...events] = await eventsOf(session, openingStream(id))
  const shown = events.find(({ kind }) => kind === 'viewing.rendered')?.body['shown']
  const asked = granted?.body['frames'] as FramesAsked | undefined
  return typeof shown === 'number' ? shown : asked ? framesMostOf(asked) : 1
}

const OVERDUE_MAX = 1000

/** Openings whose time is over, and whose end nobody told. */
export async function overdueOpenings(session: Session, now: Date): Promise<OpeningRecord[]> {
  const { rows } = await session.query<{ id: string }>(
    `SELECT id FROM opening
      WHERE ended_at IS NULL AND coalesce(released_at, granted_at) + box_seconds * interval '1 second' < $1
      ORDER BY granted_at LIMIT ${OVERDUE_MAX}`,
    [now],
  )
  return Promise.all(rows.map(({ id }) => openingNamed(session, id)))
}
