/** Videos in viewings: frames asked for, shown once, counted by level and time; and who has really seen every second. */
import { describe, expect, test } from 'vitest'
import { unitsOf } from '#people/exposure'
import { eventsOf } from '#store/append'
import { openingNamed } from '#store/openings'
import { viewedByPerson } from '#store/viewings'
import type { Person } from '#terms/people'
import { framesMostOf, type VideoAsked, type VideoFrame, type VideoRendering } from '#terms/video'
import type { ViewingAsked } from '#workflow/evidence/view'
import { showViewing } from '#workflow/evidence/view'
import { endOverdue, endViewing } from '#workflow/evidence/view-end'
import { showFrames } from '#workflow/evidence/view-video'
import { expectFolded } from '../../support/folded.ts'
import { refusal, someone } from '../../support/people.ts'
import { ask, later, type ViewingScene, viewingScene } from '../../support/viewing.ts'

const SECONDS = 10

/** A scene whose item is a video of ten seconds, and what its rendering was asked for. */
async function videoScene(isSound = true) {
  const one = await viewingScene(Buffer.from('a video'))
  const asked: VideoAsked[] = []
  const renderVideo = async (_: Buffer, wanted: VideoAsked): Promise<VideoRendering> => {
    asked.push(wanted)
    const { frames } = wanted
    const from = frames.kind === 'seconds' ? frames.from : 0
    const count = Math.min(framesMostOf(frames), SECONDS - from)
    const shown = Array.from({ length: count }, (_, place): VideoFrame => {
      const about = { mediaType: 'image/png', bytes: Buffer.from('pixels'), width: 640, height: 480 } as const
      return { milliseconds: (from + place) * 1000, ...about }
    })
    const isEverySecond = isSound && frames.kind === 'seconds' && wanted.level === 'full'
    const source = { width: 640, height: 480 }
    return { kind: 'rendered', frames: shown, secondsInAll: SECONDS, source, isEverySecond }
  }
  const desk = Object.assign(one.desk, { decoders: { ...one.desk.decoders, renderVideo } })
  return { ...one, desk, asked }
}

const seconds = (from: number, until: number) => ({ kind: 'seconds', from, until }) as const
const STRIP = { kind: 'strip', frames: 6 } as const

/** Looks at frames of the video to the end; as somebody else, or turning away before it. */
async function look(
  one: ViewingScene,
  given: Partial<ViewingAsked>,
  isComplete = true,
  seenMilliseconds = 2000,
): Promise<Awaited<ReturnType<typeof endViewing>>> {
  const by = given.by ?? one.analyst.id
  const { id } = await ask(one, given)
  await showFrames(one.desk, by, id)
  later(one.desk, 2)
  return endViewing(one.desk, by, id, { seenMilliseconds, isComplete })
}

describe('a viewing of a video', () => {
  test('gives the frames that it was granted for, once, and has on record which seconds they were', async () => {
    const one = await videoScene()
    const { desk, analyst, asked } = one
    const { id, exposureUnits } = await ask(one, { frames: seconds(2, 5) })
    expect(exposureUnits).toBe(unitsOf(desk.exposure, 'full', 60_000, 3))
    expect(exposureUnits).toBe(10 + 2 * 3 + 60)
    const shown = await showFrames(desk, analyst.id, id, { screen: { width: 800, height: 600 } })
    expect(shown.frames.map(({ milliseconds }) => milliseconds)).toEqual([2000, 3000, 4000])
    expect(shown).toMatchObject({ isWhole: false, secondsInAll: SECONDS, until: '2026-03-02T09:01:00.000Z' })
    expect(asked).toEqual([{ level: 'full', frames: seconds(2, 5), screen: { width: 800, height: 600 } }])
    await expect(showFrames(desk, analyst.id, id)).rejects.toMatchObject({ code: 'evidence.refused' })
    later(desk, 3)
    const ended = await endViewing(desk, analyst.id, id, { seenMilliseconds: 3000, isComplete: true })
    expect(ended).toMatchObject({ ending: 'complete', isWhole: false, exposureUnits: 10 + 2 * 3 + 3 })
    const [granted, , rendered] = await eventsOf(desk.database, `opening:${id}`)
    expect(granted?.body['frames']).toEqual(seconds(2, 5))
    expect(rendered?.body).toMatchObject({ shown: 3, seconds: [2, 5], secondsInAll: SECONDS, isWhole: false })
    expect(await expectFolded(desk.database, 'opening:')).toBe(1)
  })

  test('as a strip counts its frames at its level, and is nobody’s view of the whole', async () => {
    const one = await videoScene()
    const { exposureUnits, isWhole } = await look(one, { level: 'thumbnail', frames: STRIP })
    expect([exposureUnits, isWhole]).toEqual([1 + 5 * 1 + 1, false])
    await look(one, { frames: STRIP })
    expect(await viewedByPerson(one.desk.database, one.item)).toBe(false)
  })

  test('that nobody ended counts its whole box with every frame that was shown', async () => {
    const one = await videoScene()
    const { desk, analyst } = one
    const { id } = await ask(one, { frames: seconds(8, 20) })
    await showFrames(desk, analyst.id, id) // two frames: the video ends
    later(desk, 61)
    expect(await endOverdue(desk)).toBe(1)
    const ended = await openingNamed(desk.database, id)
    expect(ended).toMatchObject({ ending: 'timed-out', exposureUnits: 10 + 3 + 60 })
  })

  test('is no viewing of a picture, and a viewing of a picture none of a video', async () => {
    const one = await videoScene()
    const { desk, analyst } = one
    const [video, picture] = [await ask(one, { frames: STRIP }), await ask(one)]
    const invalid = { code: 'request.invalid' }
    await expect(showViewing(desk, analyst.id, video.id)).rejects.toMatchObject(invalid)
    await expect(showFrames(desk, analyst.id, picture.id)).rejects.toMatchObject(invalid)
    for (const { id } of [video, picture])
      expect(await openingNamed(desk.database, id)).not.toHaveProperty('releasedAt')
    for (const frames of [seconds(3, 3), seconds(0, 61), { kind: 'strip', frames: 61 } as const])
      await expect((async () => ask(one, { frames }))()).rejects.toMatchObject(invalid)
    await expect((async () => ask(one, { frames: STRIP, level: 'card' }))()).rejects.toMatchObject(invalid)
  })

  test('is refused where its frames would pass the budget, and to anybody but whom it was granted to', async () => {
    const one = await videoScene()
    const { desk } = one
    const exposure = { ...desk.exposure, budgetUnits: 100 }
    const tight = { ...one, desk: Object.assign(desk, { exposure }) }
    await expect(ask(tight, { frames: seconds(0, 20) })).rejects.toMatchObject(refusal('budget-reached'))
    const { id } = await ask(tight, { frames: seconds(0, 5) })
    const colleague = await someone(desk.database, ['analyst'], { cases: ['K-1'] })
    await expect(showFrames(desk, colleague.id, id)).rejects.toMatchObject({ code: 'evidence.unknown' })
  })
})

describe('viewedByPerson of a video is true', () => {
  const isSeen = ({ desk, item }: ViewingScene): Promise<boolean> => viewedByPerson(desk.database, item)

  test('once one viewing has shown every second in full, and was completed', async () => {
    const one = await videoScene()
    await look(one, { frames: seconds(0, 10) }, false)
    await look(one, { frames: seconds(0, 10), level: 'blurred' })
    expect(await isSeen(one)).toBe(false)
    const before = one.desk.clock
    expect(await look(one, { frames: seconds(0, 12) })).toMatchObject({ isWhole: true })
    expect(await isSeen(one)).toBe(true)
    expect(await viewedByPerson(one.desk.database, one.item, before)).toBe(false)
  })

  test('once the viewings of one person together have, and never by those of two', async () => {
    const one = await videoScene()
    const colleague: Person = await someone(one.desk.database, ['analyst'], { cases: ['K-1'] })
    await look(one, { frames: seconds(0, 4) })
    await look(one, { by: colleague.id, frames: seconds(4, 10) })
    await look(one, { frames: seconds(6, 10) })
    await look(one, { frames: seconds(3, 6) }, false)
    expect(await isSeen(one)).toBe(false)
    await look(one, { frames: seconds(3, 6) })
    expect(await isSeen(one)).toBe(true)
  })

  test('never where the frames were on the screen for less than anybody needs to see them', async () => {
    const one = await videoScene()
    expect(await look(one, { frames: seconds(0, 10) }, true, 999)).toMatchObject({ isWhole: false })
    for (const from of [0, 5]) await look(one, { frames: seconds(from, from + 5) }, true, 499)
    expect(await isSeen(one)).toBe(false)
    for (const from of [0, 5]) await look(one, { frames: seconds(from, from + 5) }, true, 500)
    expect(await isSeen(one)).toBe(true)
  })

  test('never where some second could not be shown', async () => {
    const one = await videoScene(false)
    await look(one, { frames: seconds(0, 10) })
    expect(await isSeen(one)).toBe(false)
  })
})
