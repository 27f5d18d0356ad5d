/** Words: how exposure is told: calm, in time and shares of a day, never as a score. */
import type { OwnExposureTold } from '#contract/viewings'
import type { OptOutCategory } from '#terms/exposure'

export const levelWords: Readonly<Record<OwnExposureTold['looks'][number]['level'], string>> = {
  card: 'Hash card, no picture',
  thumbnail: 'Small and grey',
  blurred: 'Blurred',
  region: 'A region',
  full: 'Full',
}

const KINDS: Readonly<Record<string, string>> = {
  ...{ hotline: 'Cases of the hotline', platform: 'Cases from platforms', device: 'Devices' },
  ...{ referral: 'Referrals', 'young-people': 'Cases of young people', workplace: 'Cases at work' },
  ...{ material: 'Reports of material', page: 'Reports of pages', grooming: 'Reports of grooming' },
  ...{ 'live-abuse': 'Reports of live abuse', concern: 'Reports of a concern' },
}

/** What somebody opted out of, in words. */
export function optOutTold(category: OptOutCategory): string {
  const [what, rest = ''] = category.split(/:(.*)/s)
  if (what === 'kind') return `${KINDS[rest] ?? rest}, unless you ask for one`
  if (what === 'category')
    return `Matches of category ${rest.replace(/^(.*?)\/(.*)$/, '$2 ($1)')}, unless you ask for one`
  return OPT_OUT_WORDS[category] ?? category
}

const OPT_OUT_WORDS: Readonly<Record<string, string>> = {
  view: 'Every picture',
  thumbnail: 'Small grey pictures',
  blurred: 'Blurred pictures',
  region: 'Regions',
  full: 'Full pictures',
  training: 'Real material in training',
}

/** What the state of a day means, as a title and a sentence. */
export function standingWords({ state, breakUntil }: OwnExposureTold): readonly [string, string] {
  switch (state) {
    case 'ok':
      return ['There is room today', 'A break is yours whenever you like one, also now.']
    case 'near':
      return ['Little is left for today', 'Finish what you have open, and hand over what can wait.']
    case 'break-due':
      return [
        'A break comes first',
        `Nothing is shown to you until ${clockOf(breakUntil)}. What needs no picture can go on.`,
      ]
    case 'over':
      return [
        'That is enough looking for today',
        'Nothing more is shown to you today. Hand over: no reason is asked.',
      ]
    case 'opted-out':
      return ['You opted out of looking', 'No picture is shown to you until you take that back.']
  }
}

/** `14:05`, by the clock of whoever reads it. */
export function clockOf(moment: string | undefined): string {
  if (moment === undefined) return 'later'
  return new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' }).format(new Date(moment))
}

/** `40 seconds`, `12 minutes`. */
export function lastingWords(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 90) return seconds === 1 ? '1 second' : `${seconds} seconds`
  return `${Math.round(seconds / 60)} minutes`
}
