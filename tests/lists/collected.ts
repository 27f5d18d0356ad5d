/** Bytes of the heap that are in use once everything unused was given back. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')

export function heapInUse(): number {
  if (typeof collect !== 'function') throw new TypeError('the collector cannot be called')
  collect()
  return process.memoryUsage().heapUsed
}
