/** Bubblewrap: the command line that gives a program a file system of its own, read-only, and nothing to talk to. */
import { existsSync, lstatSync, readlinkSync } from 'node:fs'
import { dirname } from 'node:path'

/** Who runs bubblewrap: an account without rights (in a user namespace of its own), or root, which needs none. */
export type WrappedBy = 'account' | 'root'

/** The system folders that a dynamically linked program needs besides `/usr`; links on most systems, folders on some. */
const SYSTEM_FOLDERS = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32']

function systemFolder(path: string): readonly string[] {
  if (!existsSync(path)) return []
  return lstatSync(path).isSymbolicLink()
    ? ['--symlink', readlinkSync(path), path]
    : ['--ro-bind', path, path]
}

/** Folders above a path, outermost first, without the root. */
function above(path: string): readonly string[] {
  const folder = dirname(path)
  return folder === '/' ? [] : [...above(folder), folder]
}

/** Root's bubblewrap would make the folders on the way for root alone, where the account changed to must pass. */
function passable(readable: readonly string[]): readonly string[] {
  const folders = new Set(['/etc', ...readable.flatMap(above)])
  return [...folders].flatMap((folder) => ['--perms', '0755', '--dir', folder])
}

/**
 * The words to put before a command so that it runs in bubblewrap: only `/usr`, the loader's cache and `readable` are
 * there, all read-only; no network, no other process, no terminal, no host `/proc`; it dies with its parent.
 *
 * `keepIdentityRights` leaves root just enough inside to change to another account, which takes these rights away again.
 */
export function wrapped(
  bwrap: string,
  by: WrappedBy,
  readable: readonly string[],
  keepIdentityRights = false,
): readonly string[] {
  const spaces = ['--unshare-ipc', '--unshare-pid', '--unshare-net', '--unshare-uts', '--unshare-cgroup-try']
  return [
    bwrap,
    ...(by === 'account' ? ['--unshare-user', ...spaces] : spaces),
    '--die-with-parent',
    '--new-session',
    ...['--ro-bind', '/usr', '/usr'],
    ...SYSTEM_FOLDERS.flatMap(systemFolder),
    ...(keepIdentityRights ? passable(readable) : []),
    ...['--ro-bind-try', '/etc/ld.so.cache', '/etc/ld.so.cache'],
    ...['--dev', '/dev', '--remount-ro', '/dev'],
    ...readable.flatMap((path) => ['--ro-bind', path, path]),
    ...['--remount-ro', '/', '--chdir', '/'],
    ...(keepIdentityRights
      ? ['--cap-add', 'CAP_SETUID', '--cap-add', 'CAP_SETGID', '--cap-add', 'CAP_SETPCAP']
      : []),
    '--',
  ]
}
