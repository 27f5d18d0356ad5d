/** TOTP: six digits by the clock (RFC 6238), each taken once. */
import { generateSecret, generateURI, verifySync } from 'otplib'
import { type Credential, takeStep } from '#store/credentials'
import type { Transaction } from '#store/database'

const PERIOD_SECONDS = 30
const CODE = /^\d{6}$/

/** A new secret in base 32, and the address that an authenticator reads it from. */
export function newTotp(name: string): { readonly secret: string; readonly uri: string } {
  const secret = generateSecret()
  return { secret, uri: generateURI({ issuer: 'Tutela', label: name, secret }) }
}

/** The step of a code that is right now, one period to either side; undefined for a wrong one, or one taken before. */
export function stepOf(secret: string, untrustedCode: string, after: number, now: Date): number | undefined {
  const token = untrustedCode.replace(/\s/g, '')
  if (!CODE.test(token)) return undefined
  const epoch = Math.floor(now.getTime() / 1000)
  const result = verifySync({ secret, token, epoch, epochTolerance: PERIOD_SECONDS })
  if (!result.valid || !('timeStep' in result)) return undefined
  return result.timeStep > after ? result.timeStep : undefined
}

/** Takes a code's step. @returns false where the code was taken before, by whomever */
export function takeCode(tx: Transaction, credential: Credential, step: number, at: Date): Promise<boolean> {
  return takeStep(tx, credential.id, step, at)
}
