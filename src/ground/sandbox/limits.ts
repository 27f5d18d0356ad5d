/** Limits: what a confined program may use, set by a shell that then becomes the program. */

/** What one child may use. `RLIMIT_AS` is left alone: WebAssembly reserves far more address space than it uses. */
export interface ResourceLimits {
  /** Private writable memory (`RLIMIT_DATA`). */
  readonly memoryBytesMax: number
  /** Processor time of the child's whole life. */
  readonly cpuSecondsMax: number
  readonly filesOpenMax: number
}

/** The shell that can set limits; present on every POSIX system. */
export const SHELL = '/bin/sh'

/**
 * The words to put before a command so that it, and what starts it, ignores the signals by which a terminal or a service
 * ends a whole group: a confined program ends when its parent lets it, or dies.
 */
export const UNDISTURBED: readonly string[] = [SHELL, '-c', 'trap "" HUP INT TERM && exec "$@"', 'sh']

/**
 * The words to put before a command so that it runs under the limits: no core dump, no file written at all, and the
 * given memory, processor time and open files. The shell replaces itself, so signals reach the program.
 */
export function limited(limits: ResourceLimits): readonly string[] {
  const kilobytes = Math.ceil(limits.memoryBytesMax / 1024)
  const script = [
    'ulimit -c 0',
    'ulimit -f 0',
    `ulimit -d ${kilobytes}`,
    `ulimit -t ${Math.ceil(limits.cpuSecondsMax)}`,
    `ulimit -n ${Math.ceil(limits.filesOpenMax)}`,
    'exec "$@"',
  ].join(' && ')
  return [SHELL, '-c', script, 'sh']
}
