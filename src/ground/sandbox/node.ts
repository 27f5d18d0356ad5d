/** Node: where the program lies that runs a confined child of ours. */
import { realpathSync } from 'node:fs'
import { dirname } from 'node:path'

/** The folder of Node itself, where it does not lie in `/usr`, which every confined child sees. */
export function nodeFolders(): readonly string[] {
  const node = realpathSync(process.execPath)
  if (node.startsWith('/usr/')) return []
  const prefix = dirname(dirname(node))
  return prefix === '/' ? [node] : [prefix]
}
