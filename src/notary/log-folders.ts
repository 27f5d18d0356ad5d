/** Log folders: where each log of a deployment lies: the first in the ledger's folder, one that went on after it in one below. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '#terms/fault'
import { checkpointFileBytes } from './checkpoint-file.ts'

const CHECKPOINTS = 'checkpoints'
const NUMBER = /^([2-9]|[1-9][0-9]{1,5})$/

/** The folder of a log. @param folder the ledger's own @param number from 1 */
export function logFolder(folder: string, number: number): string {
  return number === 1 ? folder : join(folder, String(number))
}

/** The file outside the database of the log in a folder. */
export function checkpointFileOf(folder: string): string {
  return join(folder, CHECKPOINTS)
}

/** The numbers of the logs from `from` on that have signed something here, in order. @throws Fault `input.unreadable` */
export async function logsSigned(folder: string, from: number): Promise<number[]> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return []
    throw new Fault('input.unreadable', `${folder} cannot be read (${cause.code})`, { cause })
  })
  const numbers = [1, ...names.filter((name) => NUMBER.test(name)).map(Number)].filter((one) => one >= from)
  const signed: number[] = []
  for (const number of numbers.sort((a, b) => a - b))
    if ((await checkpointFileBytes(checkpointFileOf(logFolder(folder, number)))) > 0) signed.push(number)
  return signed
}
