/**
 * Plots: what the demonstration tells: which reports come, what is in them, and what became of some. The same seed, the
 * same plots.
 */
import { type Random, random } from '@tutela/kernels/random'
import type { Edit } from '#scenes/edit'
import type { CaseKind } from '#terms/casework'
import type { ReportChannel, ReporterTrust, ReportKind } from '#terms/report'
import { BARE_PLOTS } from './bare-plots.ts'

/** As what a scene is labelled: a category of the main scheme, or none of it. */
export const LABELS = ['A', 'B', 'C', 'none'] as const
export type Label = (typeof LABELS)[number]

/** A picture: a generated scene, labelled as if it were of a category, edited or as it was made. */
export interface Picture {
  /** Number of the scene, drawn into it. */
  readonly scene: number
  readonly label: Label
  readonly edit?: Edit
}

/**
 * What was done of a case by the time the demonstration begins. `first`: an analyst has graded; `agreed`: two people have;
 * `split`: two disagree; `held`: it is on hold; `dismissed`: closed without a grade.
 */
export type Worked = 'first' | 'agreed' | 'split' | 'held' | 'dismissed'

/** One case. */
export interface Plot {
  /** Unique; of it follow the address, and what the sender calls it. */
  readonly name: string
  readonly hoursAgo: number
  readonly channel: ReportChannel
  readonly kind: ReportKind
  readonly caseKind?: CaseKind
  readonly trust?: ReporterTrust
  readonly atRisk?: boolean
  readonly words?: string
  readonly contact?: string
  readonly pictures?: readonly Picture[]
  /** True where hashes of the pictures came, and no bytes. */
  readonly hashesOnly?: boolean
  /** Hours from now within which the case is due; negative where that has passed. */
  readonly dueInHours?: number
  /** How long ago others reported the same. */
  readonly alsoHoursAgo?: readonly number[]
  readonly worked?: Worked
  /** True where the right answers are known: they measure agreement. */
  readonly isGolden?: boolean
}

/** Scenes whose hashes are on the lists, by their numbers. */
export const LISTED = {
  /** Of another hotline, confirmed. */
  hotline: span(1, 24),
  /** Of an exchange, reported by its members. */
  exchange: span(25, 30),
  /** Known to be harmless. */
  harmless: span(31, 36),
} as const

const FIRST_UNLISTED = 101
/** What a person hardly sees, and the machine finds again. */
const GENTLE: readonly Edit[] = ['recompress', 'resize', 'recolour', 'overlay', 'blur']

/** As what a scene on a list is labelled. */
export function labelOf(scene: number): Label {
  if (scene >= 31 && scene <= 36) return 'none'
  return LABELS[scene % 3] ?? 'C'
}

/**
 * Every case of the demonstration, the oldest first. No two have the same file: those would be one case.
 *
 * @param seed any whole number
 */
export function plots(seed: number): Plot[] {
  const teller = new Teller(random(seed))
  const told = [...teller.same(), ...teller.near(), ...teller.unseen(), ...teller.others(), ...BARE_PLOTS]
  return told.sort((one, other) => other.hoursAgo - one.hoursAgo)
}

/** Numbers scenes as they are needed. */
class Teller {
  readonly #random: Random
  #next = FIRST_UNLISTED

  constructor(generator: Random) {
    this.#random = generator
  }

  /** The same files as on a list: nobody need look. */
  same(): Plot[] {
    return [0, 1, 2, 3, 4].map((at) => ({
      name: `same-${at}`,
      ...{ hoursAgo: 90 - at * 17, channel: 'platform', kind: 'material', trust: 'high' },
      words: 'Found by the upload filter of the platform.',
      pictures: span(1 + at * 3, 3 + at * 3).map((scene) => ({ scene, label: labelOf(scene) })),
    }))
  }

  /** Edits of what is on a list, and something beside: the cheapest view decides. */
  near(): Plot[] {
    const worked: readonly (Worked | undefined)[] = ['agreed', 'agreed', 'first']
    return span(0, 7).map((at) => {
      const scene = at < 6 ? 10 + at * 2 : 19 + at
      const edits = this.#edits(2 + this.#random.below(2))
      const near = edits.map((edit) => ({ scene, label: labelOf(scene), edit }))
      const done = worked[at]
      return {
        name: `near-${at}`,
        ...{ hoursAgo: 80 - at * 9, kind: 'material' },
        channel: at % 3 === 2 ? 'partner' : 'platform',
        words: 'An account that was closed for what it uploaded.',
        pictures: [...near, ...this.#new(at % 2 === 0 ? 1 : 0)],
        ...(at % 4 !== 1 && { dueInHours: at * 6 - 8 }),
        ...(done && { worked: done }),
      }
    })
  }

  /** What no list knows: stacks of one scene and its edits. */
  unseen(): Plot[] {
    const worked: readonly (Worked | undefined)[] = ['agreed', 'split', 'first', 'split', 'held']
    return span(0, 8).map((at) => {
      const done = worked[at]
      return {
        name: `unseen-${at}`,
        ...{ hoursAgo: 76 - at * 8, kind: 'material' },
        channel: at % 2 === 0 ? 'platform' : 'partner',
        trust: at === 7 ? 'low' : 'usual',
        words: 'Reported by several people who use the platform.',
        pictures: this.#new(2, this.#random.below(3)),
        ...(at % 3 !== 0 && { dueInHours: 3 + at * 5 }),
        ...(at === 5 && { alsoHoursAgo: [20, 6] }),
        ...(done && { worked: done }),
      }
    })
  }

  /** A device, two referrals, hashes from a gate, and pictures whose right answer is known. */
  others(): Plot[] {
    const device = [...span(19, 24), ...span(31, 33)].map((scene) => ({ scene, label: labelOf(scene) }))
    const edited = this.#edits(4).map((edit) => ({ scene: 17, label: labelOf(17), edit }))
    return [
      {
        name: 'device-0',
        ...{ hoursAgo: 30, channel: 'scan', kind: 'material', dueInHours: 40 },
        pictures: [...device, ...edited, ...this.#new(3, 2)],
      },
      ...[0, 1].map(
        (at): Plot => ({
          name: `referral-${at}`,
          ...{ hoursAgo: 50 - at * 45, channel: 'police', kind: 'material', trust: 'high' },
          dueInHours: at * 20 + 2,
          words: 'Referred for an opinion on the category.',
          pictures: this.#new(3, 1),
        }),
      ),
      ...[0, 1, 2].map(
        (at): Plot => ({
          name: `gate-${at}`,
          ...{ hoursAgo: 12 - at * 4, channel: 'gate', kind: 'material', hashesOnly: true },
          pictures: [
            { scene: 11 + at * 2, label: labelOf(11 + at * 2), edit: 'recompress' },
            { scene: 25 + at, label: labelOf(25 + at) },
          ],
        }),
      ),
      {
        name: 'golden-0',
        ...{ hoursAgo: 26, channel: 'partner', kind: 'material', isGolden: true },
        words: 'Material for a review.',
        pictures: this.#new(6),
      },
    ]
  }

  /** Scenes that no list knows, each with some edits of it. */
  #new(scenes: number, edits = 0): Picture[] {
    return span(1, scenes).flatMap(() => {
      const scene = this.#next++
      const label = LABELS[this.#random.below(LABELS.length)] ?? 'none'
      return [{ scene, label }, ...this.#edits(edits).map((edit) => ({ scene, label, edit }))]
    })
  }

  #edits(count: number): Edit[] {
    const from = this.#random.below(GENTLE.length)
    return span(0, count - 1).map((at) => GENTLE[(from + at) % GENTLE.length] ?? 'recompress')
  }
}

function span(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at)
}
