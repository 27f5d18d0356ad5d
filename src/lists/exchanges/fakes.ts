/** Fakes: one of each partner, with made-up credentials, and what a source has to state to pull from it. */
import type { Partner } from '#terms/exchange'
import type { FakeRules } from './fake.ts'
import { FakeNcmec } from './ncmec/fake.ts'
import { FakeStopNcii } from './stopncii/fake.ts'
import { FakeTat } from './tat/fake.ts'
import { FakeThreatExchange } from './threatexchange/fake.ts'

export interface FakePartner {
  readonly rules: FakeRules
  /** What each secret file of a source holds. */
  readonly secrets: Readonly<Record<string, string>>
  /** Its `api.options`. */
  readonly options: Readonly<Record<string, string>>
}

export interface FakeSettings {
  /** Seconds since 1970. */
  readonly now: () => number
  /** Most rows of a page; as many as the partner has unless given. */
  readonly pageRows?: number
}

const USER = { username: 'made-up-user', password: 'made-up:password' }
const KEYS = {
  subscriptionKey: 'made-up-subscription',
  fetchKey: 'made-up-fetch',
  feedbackKey: 'made-up-feedback',
}
const TOKEN = '12345678|made-up-token-of-the-app'
const GROUP = '999'

const MAKERS: Readonly<Record<Partner, (settings: FakeSettings) => FakePartner>> = {
  ncmec: ({ now, pageRows }) => ({
    rules: new FakeNcmec({ ...USER, now, ...(pageRows && { pageRows }) }),
    secrets: USER,
    options: {},
  }),
  stopncii: ({ now, pageRows }) => ({
    rules: new FakeStopNcii({ ...KEYS, now, ...(pageRows && { pageSizeMax: pageRows }) }),
    secrets: KEYS,
    options: {},
  }),
  threatexchange: ({ now, pageRows }) => ({
    rules: new FakeThreatExchange({
      ...{ token: TOKEN, privacyGroup: GROUP, now },
      ...(pageRows && { pageSizeMax: pageRows }),
    }),
    secrets: { token: TOKEN },
    options: { privacyGroup: GROUP },
  }),
  tat: ({ now, pageRows }) => ({
    rules: new FakeTat({ ...USER, now, ...(pageRows && { pageSizeMax: pageRows }) }),
    secrets: USER,
    options: {},
  }),
}

/** Makes the fake of a partner. */
export function fakePartner(partner: Partner, settings: FakeSettings): FakePartner {
  return MAKERS[partner](settings)
}
