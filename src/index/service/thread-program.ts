/** Thread program: where what a worker runs lies. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Fault } from '#terms/fault'

/** A thread's program as built: a worker does not inherit what reads TypeScript. @throws Fault `index.not-ready` */
export function threadProgram(name: 'search-thread' | 'snapshot-thread'): string {
  const own = import.meta.url
  const built = own.endsWith('.ts') ? `../../../dist/index/service/${name}.js` : `./${name}.js`
  const file = fileURLToPath(new URL(built, own))
  if (!existsSync(file)) throw new Fault('index.not-ready', `${file} is missing: run npm run build`)
  return file
}
