/** Letters: plain capitals, digits and a few signs, five dots wide and seven high, drawn into a scene. */
import type { Scene } from './scene.ts'

/** Of each sign its five columns from the left, two hexadecimal digits each; the lowest bit is the uppermost dot. */
const COLUMNS: Readonly<Record<string, string>> = {
  ...{ A: '7e1111117e', B: '7f49494936', C: '3e41414122', D: '7f4141221c', E: '7f49494941' },
  ...{ F: '7f09090901', G: '3e4149497a', H: '7f0808087f', I: '00417f4100', J: '2040413f01' },
  ...{ K: '7f08142241', L: '7f40404040', M: '7f020c027f', N: '7f0408107f', O: '3e4141413e' },
  ...{ P: '7f09090906', Q: '3e4151215e', R: '7f09192946', S: '4649494931', T: '01017f0101' },
  ...{ U: '3f4040403f', V: '1f2040201f', W: '3f4038403f', X: '6314081463', Y: '0708700807' },
  ...{ Z: '6151494543', 0: '3e4141413e', 1: '00427f4000', 2: '4261514946', 3: '2141454b31' },
  ...{ 4: '1814127f10', 5: '2745454539', 6: '3c4a494930', 7: '0171090503', 8: '3649494936' },
  ...{ 9: '064949291e', '-': '0808080808', ':': '0036360000', '.': '0060600000', ' ': '0000000000' },
}
const SIGN_WIDTH = 6
const SIGN_HEIGHT = 7
const MARGIN = 2
const GROUND = 244
const INK = 24

/**
 * A scene with lines of capitals on a light plate at its head.
 *
 * @param lines of capitals, digits and the signs - : . and space
 * @throws RangeError for a sign that is not drawn, or lines that the scene is too narrow or too low for
 */
export function lettered(from: Scene, lines: readonly string[]): Scene {
  const { width, height } = from
  const signs = Math.max(...lines.map(({ length }) => length)) + 2 * MARGIN
  const dot = Math.floor(Math.min(width / (signs * SIGN_WIDTH), height / (6 * lines.length * SIGN_HEIGHT)))
  if (dot < 1) throw new RangeError(`${lines.length} lines of ${signs} signs do not fit into ${width}`)
  const data = Uint8Array.from(from.data)
  const plate = (lines.length * (SIGN_HEIGHT + MARGIN) + MARGIN) * dot
  data.fill(GROUND, 0, plate * width * 3)
  for (const [row, line] of lines.entries()) {
    const top = (MARGIN + row * (SIGN_HEIGHT + MARGIN)) * dot
    for (const [place, sign] of [...line].entries())
      draw({ data, width, height }, sign, { left: (MARGIN + place * SIGN_WIDTH) * dot, top, dot })
  }
  return { data, width, height }
}

function draw(
  { data, width }: Scene,
  sign: string,
  { left, top, dot }: { readonly left: number; readonly top: number; readonly dot: number },
): void {
  const columns = COLUMNS[sign]
  if (columns === undefined) throw new RangeError(`the sign ${sign} is not drawn`)
  for (const [across, bits] of [...Buffer.from(columns, 'hex')].entries())
    for (let down = 0; down < SIGN_HEIGHT; down++) {
      if (((bits >> down) & 1) === 0) continue
      for (let row = 0; row < dot; row++) {
        const start = ((top + down * dot + row) * width + left + across * dot) * 3
        data.fill(INK, start, start + dot * 3)
      }
    }
}
