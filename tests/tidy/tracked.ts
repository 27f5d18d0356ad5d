/** Tracked: the files of the project, as git has them or will have them. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Paths of every file that is tracked, or new and not ignored. */
export function trackedFiles(): readonly string[] {
  const listed = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  if (listed.status !== 0) throw new Error(`git ls-files failed: ${listed.stderr}`)
  return listed.stdout.split('\0').filter((file) => file !== '' && existsSync(file))
}

/** Source files in TypeScript and JavaScript, AssemblyScript among them. */
export function sourceFiles(): readonly string[] {
  return trackedFiles().filter((file) => /\.(ts|tsx|js|cjs|mjs)$/.test(file))
}
