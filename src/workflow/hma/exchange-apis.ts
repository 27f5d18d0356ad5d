/** Exchange APIs: the partners under HMA's names, what each is asked with, and the source that a subscription becomes. */
import type { Partner } from '#terms/exchange'

/** A field of a form, as HMA describes it. */
export interface ApiField {
  readonly name: string
  readonly type: 'string' | 'number' | 'enum' | 'set_of_number'
  readonly required: boolean
  readonly default: null
  readonly help: string
  readonly choices: readonly string[] | null
  /** True of a text that is an address. */
  readonly isAddress?: boolean
}

/** A partner as HMA knows it. */
export interface ExchangeApi {
  readonly partner: Partner
  readonly publisher: string
  readonly config: readonly ApiField[]
  readonly credentials: readonly ApiField[]
  /** The name of each credential in a source; one without is no secret. */
  readonly secrets: Readonly<Record<string, string>>
  /** The name of each field of the configuration among a source's options. */
  readonly options: Readonly<Record<string, string>>
  /** Field of the configuration, or credential, that is the address; else `base`. */
  readonly baseFrom?: string
  readonly base?: string
  readonly schedule: string
}

function field(
  name: string,
  help: string,
  type: ApiField['type'] = 'string',
  more: Partial<ApiField> = {},
): ApiField {
  return { name, type, required: true, default: null, help, choices: null, ...more }
}

const NCMEC_ENVIRONMENTS = [
  'https://report.cybertip.org/hashsharing',
  'https://hashsharing.ncmec.org/npo',
  'https://hashsharing.ncmec.org/exploitative',
  'https://exttest.cybertip.org/hashsharing',
  'https://hashsharing-test.ncmec.org/npo',
  'https://hashsharing-test.ncmec.org/exploitative',
]
const USER_AND_PASSWORD = { username: 'username', password: 'password' }

/** The partners that can be subscribed to, by HMA's names for them. */
export const EXCHANGE_APIS: ReadonlyMap<string, ExchangeApi> = new Map<string, ExchangeApi>([
  [
    'fb_threatexchange',
    {
      partner: 'threatexchange',
      publisher: 'ThreatExchange',
      config: [field('privacy_group', 'Number of the privacy group that shares', 'number')],
      credentials: [field('api_token', 'Access token of the app that belongs to the group')],
      secrets: { api_token: 'token' },
      options: { privacy_group: 'privacyGroup' },
      base: 'https://graph.facebook.com/v21.0',
      schedule: '*/15 * * * *',
    },
  ],
  [
    'ncmec',
    {
      partner: 'ncmec',
      publisher: 'NCMEC',
      config: [
        field('environment', 'Which database is asked', 'enum', { choices: NCMEC_ENVIRONMENTS }),
        field('only_esp_ids', 'Take only the entries of these members', 'set_of_number', { required: false }),
      ],
      credentials: [
        field('user', 'User name of the hash sharing interface'),
        field('password', 'Password of the hash sharing interface'),
      ],
      secrets: { user: 'username', password: 'password' },
      options: { only_esp_ids: 'members' },
      baseFrom: 'environment',
      schedule: '*/30 * * * *',
    },
  ],
  [
    'stop_ncii',
    {
      partner: 'stopncii',
      publisher: 'StopNCII.org',
      config: [],
      credentials: [
        field('fetch_function_key', 'Function key for fetching hashes'),
        field('subscription_key', 'Subscription key, sent with every request'),
        field('base_url_override', 'Another https address of the interface', 'string', {
          required: false,
          isAddress: true,
        }),
      ],
      secrets: { fetch_function_key: 'fetchKey', subscription_key: 'subscriptionKey' },
      options: {},
      baseFrom: 'base_url_override',
      base: 'https://api.stopncii.org/v1',
      schedule: '*/30 * * * *',
    },
  ],
  [
    'tat',
    {
      partner: 'tat',
      publisher: 'Tech Against Terrorism',
      config: [],
      credentials: [
        field('username', 'User name of the platform'),
        field('password', 'Password of the platform'),
      ],
      secrets: USER_AND_PASSWORD,
      options: {},
      base: 'https://app.terrorismanalytics.org',
      schedule: '0 */6 * * *',
    },
  ],
])

/** Says what is wrong with values for some fields; undefined when nothing is. Never says a value. */
export function whyWrong(
  fields: readonly ApiField[],
  given: Readonly<Record<string, unknown>>,
): string | undefined {
  const unknown = Object.keys(given).filter((name) => !fields.some((one) => one.name === name))
  if (unknown.length > 0) return 'there is a field that this api does not have'
  for (const one of fields) {
    const value = Object.hasOwn(given, one.name) ? given[one.name] : undefined
    const isAbsent = value === undefined || value === null || value === ''
    if (isAbsent && one.required) return `${one.name} is required`
    if (!isAbsent && !isOf(one, value)) return `${one.name} must be a ${one.type}`
    if (!isAbsent && one.isAddress && !isAddress(value)) return `${one.name} must be a plain https address`
  }
  return undefined
}

const TEXT_CHARACTERS_MAX = 2048
const NUMBERS_MAX = 1000

function isOf({ type, choices }: ApiField, value: unknown): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string' && value.length <= TEXT_CHARACTERS_MAX && !/\p{Cc}/u.test(value)
    case 'enum':
      return typeof value === 'string' && (choices?.includes(value) ?? false)
    case 'number':
      return isNumber(value)
    case 'set_of_number':
      return Array.isArray(value) && value.length <= NUMBERS_MAX && value.every(isNumber)
  }
}

function isAddress(value: unknown): boolean {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
  return url?.protocol === 'https:' && url.username === '' && url.search === '' && url.hash === ''
}

/** Numbers of groups have more digits than a number holds: they may come as a text. */
function isNumber(value: unknown): boolean {
  return Number.isSafeInteger(value) || (typeof value === 'string' && /^\d{1,20}$/.test(value))
}
