/** Viewings: what is sent and answered about looking at items, and about what that costs a person. */
import Type, { type Static } from 'typebox'
import { VIEW_LEVELS } from '#terms/evidence'
import { OPT_OUT_FORM, type OptOutCategory } from '#terms/exposure'
import { VIDEO_FRAMES_MAX, VIDEO_SECONDS_MAX } from '#terms/video'
import { CaseNumber, closed, ItemIdText, PurposeWord } from './evidence.ts'
import { Moment, word } from './words.ts'

export const LevelWord = word(
  VIEW_LEVELS,
  '`card`: digests and no pixel; `thumbnail`: small and grey; `blurred`; `region`: a rectangle; `full`.',
)
const Pixels = Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1 })
const Screen = Type.Object(
  {
    width: Type.Integer({ minimum: 1, maximum: 8192 }),
    height: Type.Integer({ minimum: 1, maximum: 8192 }),
  },
  { ...closed, description: 'What a region or the whole picture is fitted into; 1920 by 1080 unless given.' },
)
const ExposureWord = word(
  ['ok', 'near', 'break-due', 'over', 'opted-out'] as const,
  'How the person stands with their exposure.',
)

const Second = (least: number) => Type.Integer({ minimum: least, maximum: VIDEO_SECONDS_MAX })
const FramesBody = Type.Union(
  [
    Type.Object({ strip: Type.Integer({ minimum: 1, maximum: VIDEO_FRAMES_MAX }) }, closed),
    Type.Object({ from: Second(0), until: Second(1) }, closed),
  ],
  {
    description:
      'Of a video. `strip`: so many frames, half of them spread evenly, half where the picture changes most. ' +
      '`from` and `until`: the first frame of each of these seconds, the last one left out.',
  },
)

export const ViewingAskedBody = Type.Object(
  {
    item: ItemIdText,
    level: LevelWord,
    purpose: PurposeWord,
    case: Type.Optional(CaseNumber),
    region: Type.Optional(
      Type.Object(
        { left: Pixels, top: Pixels, width: Pixels, height: Pixels },
        { ...closed, description: 'Of the picture as it stands upright; only at the level `region`.' },
      ),
    ),
    frames: Type.Optional(FramesBody),
    seconds: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 3600, description: 'How long it may last at most.' }),
    ),
  },
  { ...closed, description: 'A viewing that is asked for. It is written down, granted or refused.' },
)
export type ViewingAskedBody = Static<typeof ViewingAskedBody>

export const ViewingTold = Type.Object({
  viewing: Type.String({ description: 'Names it for its picture and its end.' }),
  seconds: Type.Integer({ description: 'It must be released within this time, and then lasts as long.' }),
  exposure: ExposureWord,
  units: Type.Integer({ description: 'Counted for it until it has ended.' }),
  override: Type.Optional(Type.String({ description: 'A child at risk now, which opened it.' })),
})
export type ViewingTold = Static<typeof ViewingTold>

export const ViewingNamed = Type.Object({ id: Type.String({ pattern: '^o-[0-9a-z]{16}$' }) })

export const ShowBody = Type.Object(
  {
    screen: Type.Optional(Screen),
    frame: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 100_000, description: 'Frame or page, counted from 0.' }),
    ),
  },
  { ...closed, description: 'How the picture is to be rendered.' },
)
export type ShowBody = Static<typeof ShowBody>

export const ShowFramesBody = Type.Object(
  { screen: Type.Optional(Screen) },
  { ...closed, description: 'How each frame is to be rendered.' },
)
export type ShowFramesBody = Static<typeof ShowFramesBody>

export const FramesTold = Type.Object({
  secondsInAll: Type.Integer({ description: 'Of the video: the second of its last frame, and one.' }),
  whole: Type.Boolean({ description: 'True where every second of the video is among them, in full.' }),
  until: Moment,
  frames: Type.Array(
    Type.Object({
      milliseconds: Type.Integer({ description: 'From the first frame of the video.' }),
      mediaType: word(['image/png', 'image/jpeg'] as const, 'What the picture is.'),
      width: Type.Integer(),
      height: Type.Integer(),
      picture: Type.String({ contentEncoding: 'base64', description: 'Made anew from the pixels.' }),
    }),
  ),
})
export type FramesTold = Static<typeof FramesTold>

export const CardTold = Type.Object({
  item: ItemIdText,
  digests: Type.Object({ md5: Type.String(), sha1: Type.String(), sha256: Type.String() }),
  sizeBytes: Type.Integer(),
  mediaType: Type.String(),
  sealedAt: Moment,
  pattern: Type.Array(Type.String(), {
    description: 'Rows of `#` and `.`, made of the SHA-256 alone: the same for the same file.',
  }),
})

export const SeenBody = Type.Object(
  {
    seenMilliseconds: Type.Integer({ minimum: 0, maximum: 3_600_000 }),
    complete: Type.Boolean({ description: 'False where the viewer turned away before they had seen it.' }),
  },
  closed,
)
export type SeenBody = Static<typeof SeenBody>

export const EndedTold = Type.Object({
  ending: word(['complete', 'abandoned', 'timed-out', 'failed'] as const, 'How it ended.'),
  seenMilliseconds: Type.Integer(),
  units: Type.Integer(),
  whole: Type.Boolean({ description: 'True when the whole picture was seen.' }),
})

const Span = Type.Object({ from: Moment, until: Moment })
const OptOutWord = Type.Unsafe<OptOutCategory>({
  ...{ type: 'string', pattern: OPT_OUT_FORM },
  description:
    'What is not shown to the person: every picture (`view`), those of one level, or real ones in training. ' +
    'What is not given to them unasked: cases or reports of a kind (`kind:grooming`), or what matches a category ' +
    '(`category:uk-sentencing/A`).',
})
const OptOutTold = Type.Object({
  id: Type.String(),
  category: OptOutWord,
  from: Moment,
  until: Type.Optional(Moment),
})

export const OwnExposureTold = Type.Object({
  day: Type.String({ description: 'UTC.' }),
  state: ExposureWord,
  units: Type.Integer({ description: 'Of this day: looks, and training.' }),
  budgetUnits: Type.Integer(),
  sinceBreakUnits: Type.Integer(),
  breakUntil: Type.Optional(Moment),
  trainingUnits: Type.Integer(),
  looks: Type.Array(Type.Object({ level: LevelWord, from: Moment, until: Moment, units: Type.Integer() })),
  breaks: Type.Array(Span),
  optOuts: Type.Array(OptOutTold),
})
export type OwnExposureTold = Static<typeof OwnExposureTold>

export const BreakBody = Type.Object({ minutes: Type.Integer({ minimum: 1, maximum: 1440 }) }, closed)
export type BreakBody = Static<typeof BreakBody>

export const OptOutBody = Type.Object(
  {
    category: OptOutWord,
    until: Type.Optional(Moment),
  },
  { ...closed, description: 'No reason is asked for.' },
)
export type OptOutBody = Static<typeof OptOutBody>
export const OptOutMade = Type.Object({ id: Type.String() })
export const OptOutNamed = Type.Object({ id: Type.String({ pattern: '^u-[0-9a-z]{16}$' }) })

export const BudgetBody = Type.Object(
  {
    units: Type.Union([Type.Integer({ minimum: 0, maximum: 1_000_000 }), Type.Null()], {
      description: 'Of a day; null: as the deployment has it.',
    }),
  },
  closed,
)
export type BudgetBody = Static<typeof BudgetBody>

const Day = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d$', description: 'A day, UTC.' })
export const TotalsAsked = Type.Object({ from: Day, to: Day }, closed)
export type TotalsAsked = Static<typeof TotalsAsked>
export const TotalsTold = Type.Object({
  days: Type.Array(
    Type.Object({
      day: Day,
      counts: Type.Optional(
        Type.Object(
          {
            people: Type.Integer(),
            looks: Type.Integer(),
            units: Type.Integer(),
            unitsPerPerson: Type.Integer(),
          },
          { description: 'Absent where fewer than five people looked.' },
        ),
      ),
    }),
  ),
})
export type TotalsTold = Static<typeof TotalsTold>
