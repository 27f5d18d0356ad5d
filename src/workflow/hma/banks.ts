/** Banks: the register's lists as an HMA client sees, makes and changes them. */
import { lockList } from '#store/changes'
import type { Transaction } from '#store/database'
import { sourcesOf } from '#store/hma'
import { allLists, createList, listNamed, renameList, setTerms } from '#store/lists'
import { isAwaitedBy } from '#terms/client'
import { Fault } from '#terms/fault'
import type { ListTerms, RegisteredList } from '#terms/register'
import { type Caller, type HmaDesk, isBankFor, untilSearched } from './desk.ts'

/** A bank as HMA writes it. */
export interface BankConfig {
  readonly name: string
  readonly matching_enabled_ratio: number
}

/** The publisher of lists that HMA clients made. Only these are renamed, removed or filled by HMA clients. */
export const HMA_PUBLISHER = 'HMA client'

/** What no list is named is not asked of the database, which cannot hold every text. */
const LIST_NAME = /^[\w.-]+$/
const BANK_NAME = /^[A-Z_][A-Z0-9_]*$/

/** What a bank that an HMA client makes is: nobody here has confirmed what is in it. */
const BANK_TERMS: ListTerms = {
  kind: 'alert',
  publisher: HMA_PUBLISHER,
  terms: 'Kept by a client of the HMA interface.',
  uses: ['gate', 'scan'],
  trust: 'reported',
}

/** What may be changed of a bank. */
export interface BankChange {
  readonly name?: string
  readonly ratio?: number
}

/** Every bank that the caller is answered from, by name. */
export async function banksOf(desk: HmaDesk, caller: Caller): Promise<BankConfig[]> {
  const lists = await allLists(desk.database)
  return lists.filter((list) => isBankFor(caller, list)).map(bankOf)
}

/** A bank by its name; undefined when there is none that the caller may see. */
export async function bankNamed(
  desk: HmaDesk,
  caller: Caller,
  name: string,
): Promise<RegisteredList | undefined> {
  if (!LIST_NAME.test(name)) return undefined
  const list = await listNamed(desk.database, name).catch(absent)
  return list && isBankFor(caller, list) ? list : undefined
}

/**
 * Makes a bank.
 *
 * @throws Fault `request.invalid` for a name that HMA does not take; `register.exists`; `request.forbidden` where the caller's
 * key is bound to lists by name, so that it would not see the bank it made
 */
export async function makeBank(
  desk: HmaDesk,
  caller: Caller,
  name: string,
  ratio: number,
): Promise<BankConfig> {
  checkName(name)
  checkAllowed(caller, name)
  const signed = { actor: caller.actor, at: desk.now() }
  const bank = await desk.database.transaction(async (tx) => {
    const list = await createList(tx, name, BANK_TERMS, signed)
    return bankOf(ratio === 1 ? list : await setTerms(tx, list, { enabledRatio: ratio }, signed))
  })
  await untilSearched(desk)
  return bank
}

/**
 * Renames a bank, or sets its share of look-ups.
 *
 * @returns undefined when there is no such bank
 * @throws Fault `request.invalid`, `register.exists`, `request.forbidden`
 */
export async function changeBank(
  desk: HmaDesk,
  caller: Caller,
  name: string,
  change: BankChange,
): Promise<BankConfig | undefined> {
  const signed = { actor: caller.actor, at: desk.now() }
  const bank = await desk.database.transaction(async (tx) => {
    let list = await lockedBank(tx, caller, name)
    if (!list) return undefined
    if (change.name !== undefined && change.name !== name) {
      await checkOwn(tx, list)
      checkName(change.name)
      checkAllowed(caller, change.name)
      list = await renameList(tx, list, change.name, signed)
    }
    if (change.ratio !== undefined && change.ratio !== list.enabledRatio)
      list = await setTerms(tx, list, { enabledRatio: change.ratio }, signed)
    return bankOf(list)
  })
  await untilSearched(desk)
  return bank
}

/**
 * Refuses what would put words into another publisher's mouth.
 *
 * @throws Fault `request.forbidden` for a list that no HMA client made, or that a source fills
 */
export async function checkOwn(tx: Transaction, list: RegisteredList): Promise<void> {
  if (list.publisher !== HMA_PUBLISHER)
    throw new Fault(
      'request.forbidden',
      `bank '${list.name}' is a list of ${list.publisher}: it is changed with "tutela list"`,
    )
  if ((await sourcesOf(tx, list.id)).length > 0)
    throw new Fault('request.forbidden', `bank '${list.name}' is filled by an exchange: delete the exchange`)
}

/** A list as a bank. */
export function bankOf(list: Pick<RegisteredList, 'name' | 'enabledRatio'>): BankConfig {
  return { name: list.name, matching_enabled_ratio: list.enabledRatio }
}

/** A bank, locked until the transaction ends; undefined when there is none that the caller may see. */
export async function lockedBank(
  tx: Transaction,
  caller: Caller,
  name: string,
): Promise<RegisteredList | undefined> {
  if (!LIST_NAME.test(name)) return undefined
  const list = await lockList(tx, name).catch(absent)
  return list && isBankFor(caller, list) ? list : undefined
}

/** @throws Fault `request.invalid` */
export function checkName(name: string): void {
  if (!BANK_NAME.test(name))
    throw new Fault('request.invalid', 'bank names must be like MY_BANK_1: capitals, digits and underscores')
}

/** @throws Fault `request.forbidden` */
export function checkAllowed(caller: Caller, name: string): void {
  if (!isAwaitedBy(caller, name))
    throw new Fault('request.forbidden', `this key is bound to lists by name, and '${name}' is none of them`)
}

/** What there is not is no failure; every other fault is. */
function absent(error: unknown): undefined {
  if (error instanceof Fault && error.code === 'register.unknown') return undefined
  throw error
}
