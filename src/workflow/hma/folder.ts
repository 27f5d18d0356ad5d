/** Folder: where the exchanges of HMA clients are kept in a data directory, each a source like any other. */
import { join } from 'node:path'

/** Folder of the sources that HMA clients made; their credentials lie in it under names that no source can have. */
export function hmaSourcesFolder(data: string): string {
  return join(data, 'hma', 'sources')
}
