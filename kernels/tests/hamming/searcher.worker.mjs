/** Starts the searcher in a worker, which does not inherit the loader of TypeScript. */
import { register } from 'tsx/esm/api'

register()
await import('./searcher.ts')
