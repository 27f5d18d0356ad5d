/** Host: what this machine and this account offer for confining a program. */
import { accessSync, constants } from 'node:fs'

/** What can be used to confine a program here. Paths are absolute; undefined means not installed. */
export interface Host {
  readonly root: boolean
  readonly posix: boolean
  readonly bwrap: string | undefined
  readonly setpriv: string | undefined
}

/** Only the system's own folders are searched: a program that confines must not come from a caller's PATH. */
const FOLDERS = ['/usr/bin', '/bin', '/usr/local/bin']

/** The path of a program in the system's own folders; undefined where it is not installed. */
export function installed(name: string): string | undefined {
  return FOLDERS.map((folder) => `${folder}/${name}`).find((path) => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** Looks at this machine; it starts nothing. */
export function thisHost(): Host {
  return {
    root: process.getuid?.() === 0,
    posix: process.platform !== 'win32',
    bwrap: process.platform === 'linux' ? installed('bwrap') : undefined,
    setpriv: process.platform === 'linux' ? installed('setpriv') : undefined,
  }
}
