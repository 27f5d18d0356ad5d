/** Prioritiser config: who may order is one of four, off unless set, and what is wrong of a model names its place. */
import { describe, expect, test } from 'vitest'
import { prioritiserKey } from '#ground/prioritiser-config'

const parse = (untrusted: unknown) => prioritiserKey('/etc/tutela')(untrusted, 'desk: prioritiser')
const counted = [{ at: 3, weight: -2.5, warning: 'likely-violent', from: 0.8 }]
const onnx = { file: 'models/own.onnx', outputs: counted }

describe('the key prioritiser', () => {
  test('names a kind, or a service as it always did', () => {
    expect(parse({ kind: 'off', http: 'https://model.example/' })).toEqual({ kind: 'off' })
    expect(parse({ kind: 'nsfwjs' })).toEqual({ kind: 'nsfwjs' })
    const service = { http: 'https://model.example/order', addresses: 'any', secondsMax: 3 }
    expect(parse(service)).toEqual({ kind: 'http', ...service })
  })

  test('tells a model what it takes, with what stands unless it is set', () => {
    expect(parse({ kind: 'onnx', onnx })).toEqual({
      kind: 'onnx',
      onnx: {
        ...{ file: '/etc/tutela/models/own.onnx', width: 224, height: 224, layout: 'nchw' },
        ...{ mean: [0, 0, 0], std: [1, 1, 1], scores: 'given', outputs: counted },
      },
    })
  })

  test.each([
    [{}, 'a "kind"'],
    [{ kind: 'http' }, 'an address under "http"'],
    [{ kind: 'onnx' }, 'told the model under "onnx"'],
    [{ kind: 'clever' }, 'one of off, nsfwjs, onnx, http'],
    [{ kind: 'onnx', onnx: { file: 'a' } }, 'the key "outputs" is missing'],
    [{ kind: 'onnx', onnx: { ...onnx, mean: [0, 0] } }, 'three numbers'],
    [{ kind: 'onnx', onnx: { ...onnx, std: [1, 0, 1] } }, 'a number between 0.001 and 1000'],
    [{ kind: 'onnx', onnx: { ...onnx, width: 4096 } }, 'a whole number between 8 and 1024'],
    [{ kind: 'onnx', onnx: { ...onnx, outputs: [{ at: 0, weight: 11 }] } }, 'a number between -10 and 10'],
    [
      { kind: 'onnx', onnx: { ...onnx, outputs: [{ at: 0, weight: 1, warning: 'age-14' }] } },
      'one of likely-',
    ],
  ])('refuses %j', (untrusted, words) => {
    expect(() => parse(untrusted)).toThrow(words)
  })
})
