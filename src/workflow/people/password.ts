/** Password: argon2id, and what a password must be. */
import { hash, verify } from '@node-rs/argon2'
import { Fault } from '#terms/fault'

/** What a hash costs: KiB of memory, passes, lanes. */
export interface PasswordCost {
  readonly memoryCost: number
  readonly timeCost: number
  readonly parallelism: number
}

const CHARACTERS_MIN = 12
const BYTES_MAX = 1024
/** RFC 9106, second recommended option: 64 MiB, three passes. */
const PASSWORD_COST: PasswordCost = { memoryCost: 64 * 1024, timeCost: 3, parallelism: 1 }
/** Hashes at once: each holds its memory. */
const AT_ONCE = 2
/** Further ones that wait: beyond them whoever asks is told to come back, and is not kept waiting for minutes. */
const WAITING_MAX = 100

let free = AT_ONCE
const waiting: (() => void)[] = []
let nobodys: Promise<string> | undefined

/** @throws Fault `request.invalid` for one that is short, too long, or the name */
export function checkPassword(password: string, name: string): void {
  const isLong = [...password].length >= CHARACTERS_MIN && Buffer.byteLength(password) <= BYTES_MAX
  if (!isLong || password.toLowerCase().includes(name.toLowerCase()))
    throw new Fault(
      'request.invalid',
      `a password has at least ${CHARACTERS_MIN} characters, and the name is no part of it`,
    )
}

/** The hash of a password, with its salt and cost. */
export function hashPassword(password: string, cost: PasswordCost = PASSWORD_COST): Promise<Buffer> {
  return inTurn(async () => Buffer.from(await hash(password.normalize('NFKC'), { ...cost })))
}

/** True of the right password. Where there is no hash, as much time is spent, so that the time says nothing of names. */
export function isPassword(
  hashed: Buffer | undefined,
  untrusted: string,
  cost: PasswordCost = PASSWORD_COST,
): Promise<boolean> {
  if (Buffer.byteLength(untrusted) > BYTES_MAX) return Promise.resolve(false)
  return inTurn(async () => {
    nobodys ??= hash('nobody', { ...cost })
    const against = hashed?.toString() ?? (await nobodys)
    const isRight = await verify(against, untrusted.normalize('NFKC'))
    return isRight && hashed !== undefined
  })
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (free > 0) free--
  else if (waiting.length >= WAITING_MAX) throw new Fault('server.busy', 'too many sign in at this moment')
  else await new Promise<void>((resolve) => waiting.push(resolve))
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else free++
  }
}
