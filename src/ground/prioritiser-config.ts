/** Prioritiser config: who may say how soon a case should come: nobody, a model in a child, or a service. */
import { type OnnxAsked, OUTPUTS_MAX, POINTS_MAX, WARNINGS } from '#terms/prioritiser'
import {
  decimal,
  httpAddress,
  keysOf,
  keysWith,
  oneOf,
  type Parser,
  pathFrom,
  several,
  whole,
  wrong,
} from './config-values.ts'
import { ADDRESSES } from './service-config.ts'

/** A service of somebody's own that orders, and never decides. */
export interface PrioritiserService {
  readonly http: string
  /** Which addresses it may be at; `public` unless set. */
  readonly addresses?: (typeof ADDRESSES)[number]
  readonly secondsMax?: number
}

/** Who orders beside the rest, and never decides. */
export type PrioritiserConfig =
  | { readonly kind: 'off' }
  | { readonly kind: 'nsfwjs' }
  | { readonly kind: 'onnx'; readonly onnx: OnnxAsked }
  | ({ readonly kind: 'http' } & PrioritiserService)

const KINDS = ['off', 'nsfwjs', 'onnx', 'http'] as const
const ASK_SECONDS_MAX = 60
const SIDE_MAX = 1024
const SIDE_MIN = 8
/** What a picture's values can be shifted and divided by, so that a model gets 0 to 255 as well as -3 to 3. */
const VALUE_MAX = 1000
const STD_MIN = 0.001
const COUNTED_MAX = 100

/** The key `desk.prioritiser`. `http` alone, without a kind, is a service. */
export function prioritiserKey(folder: string): Parser<PrioritiserConfig> {
  const parse = keysOf({
    kind: oneOf(KINDS),
    http: httpAddress,
    addresses: oneOf(ADDRESSES),
    secondsMax: whole(1, ASK_SECONDS_MAX),
    onnx: onnxKeys(folder),
  })
  return (untrusted, place) => {
    const {
      onnx,
      kind = 'http',
      ...service
    } = parse(untrusted, place) as Partial<PrioritiserService> & {
      kind?: (typeof KINDS)[number]
      onnx?: OnnxAsked
    }
    switch (kind) {
      case 'off':
      case 'nsfwjs':
        return { kind }
      case 'onnx':
        if (!onnx) throw wrong(place, 'told the model under "onnx"')
        return { kind, onnx }
      case 'http': {
        const { http, ...rest } = service
        if (http === undefined) throw wrong(place, 'given a "kind", or an address under "http"')
        return { kind, http, ...rest }
      }
    }
  }
}

function onnxKeys(folder: string): Parser<OnnxAsked> {
  const counted = keysWith(
    {
      at: whole(0, OUTPUTS_MAX - 1),
      weight: decimal(-POINTS_MAX, POINTS_MAX),
      warning: oneOf(WARNINGS),
      from: decimal(0, 1),
    },
    ['at', 'weight'],
  )
  const parse = keysWith(
    {
      file: pathFrom(folder),
      width: whole(SIDE_MIN, SIDE_MAX),
      height: whole(SIDE_MIN, SIDE_MAX),
      layout: oneOf(['nchw', 'nhwc'] as const),
      mean: three(decimal(-VALUE_MAX, VALUE_MAX)),
      std: three(decimal(STD_MIN, VALUE_MAX)),
      scores: oneOf(['given', 'softmax', 'sigmoid'] as const),
      outputs: several(counted, COUNTED_MAX),
    },
    ['file', 'outputs'],
  )
  const plain: Omit<OnnxAsked, 'file' | 'outputs'> = {
    ...{ width: 224, height: 224, layout: 'nchw', mean: [0, 0, 0], std: [1, 1, 1], scores: 'given' },
  }
  return (untrusted, place) => ({
    ...plain,
    ...(parse(untrusted, place) as Pick<OnnxAsked, 'file' | 'outputs'>),
  })
}

function three(parser: Parser<number>): Parser<readonly number[]> {
  const parse = several(parser, 3)
  return (untrusted, place) => {
    const values = parse(untrusted, place)
    if (values.length !== 3) throw wrong(place, 'three numbers, of red, green and blue')
    return values
  }
}
