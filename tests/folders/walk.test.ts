import { spawnSync } from 'node:child_process'
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { exclusion } from '#folders/exclude'
import { shown } from '#folders/path'
import { comparePaths, type Met, type WalkOptions, walk } from '#folders/walk'
import { temporaryFolder } from '../support/folder.ts'
import { gathered } from '../support/gathered.ts'

async function met(roots: readonly string[], options: WalkOptions = {}): Promise<Met[]> {
  return gathered(
    walk(
      roots.map((root) => Buffer.from(root)),
      options,
    ),
  )
}

async function tree(...files: readonly string[]): Promise<string> {
  const folder = await temporaryFolder()
  for (const file of files) {
    await mkdir(join(folder, file, '..'), { recursive: true })
    await writeFile(join(folder, file), file)
  }
  return folder
}

function names(folder: string, all: readonly Met[]): string[] {
  return all.map((one) => one.path.toString().slice(folder.length + 1))
}

describe('a walk', () => {
  it('meets every file in the order of the bytes of its name, folders in their place', async () => {
    const folder = await tree('b', 'a/z', 'a/b/c', 'a.txt', 'Z', 'é', 'a b')
    expect(names(folder, await met([folder]))).toEqual(['Z', 'a/b/c', 'a/z', 'a b', 'a.txt', 'b', 'é'])
  })

  it('goes on after any place with exactly what was not met yet', async () => {
    const folder = await tree('a/1', 'a/2/x', 'a/2/y', 'a-b', 'a.c', 'b', 'c/d/e/f')
    const whole = await met([folder])
    for (const [at, one] of whole.entries()) {
      expect(names(folder, await met([folder], { after: one.place }))).toEqual(
        names(folder, whole.slice(at + 1)),
      )
    }
  })

  it('goes on in the right one of several given paths', async () => {
    const first = await tree('a', 'b')
    const second = await tree('a', 'b')
    const whole = await met([first, second])
    const rest = await met([first, second], { after: whole[2]?.place })
    expect(rest.map((one) => one.path.toString())).toEqual([join(second, 'b')])
  })

  it('does not follow symbolic links below a given path, and names what is no file', async () => {
    const folder = await tree('file')
    await symlink('/', join(folder, 'link'))
    spawnSync('mkfifo', [join(folder, 'pipe')])
    const server = createServer().listen(join(folder, 'socket'))
    onTestFinished(() => void server.close())
    const skipped = (await met([folder])).flatMap((one) => (one.kind === 'skipped' ? [one.because] : []))
    expect(skipped).toEqual(['symbolic-link', 'fifo', 'socket'])
  })

  it('follows a given path that is itself a symbolic link', async () => {
    const folder = await tree('real/a')
    await symlink(join(folder, 'real'), join(folder, 'way'))
    expect(names(folder, await met([join(folder, 'way')]))).toEqual(['way/a'])
  })

  it('keeps names that are not UTF-8 as bytes, and shows them with their base64', async () => {
    const folder = await temporaryFolder()
    const path = Buffer.concat([Buffer.from(`${folder}/`), Buffer.of(0xff, 0x41)])
    await writeFile(path, '')
    const [one] = await met([folder])
    expect(one?.path.equals(path)).toBe(true)
    expect(shown(path)).toEqual({ file: `${folder}/\ufffdA`, fileBase64: path.toString('base64') })
  })

  it('says that a given path is missing', async () => {
    await expect(met(['/nowhere/at/all'])).rejects.toMatchObject({ code: 'input.missing' })
  })

  it('refuses a given path that is neither file nor folder', async () => {
    await expect(met(['/dev/null'])).rejects.toMatchObject({ code: 'input.unreadable' })
  })

  it('names a folder that vanishes before it is listed, and goes on', async () => {
    const folder = await tree('a', 'b/c', 'd')
    const walking = walk([Buffer.from(folder)])
    expect((await walking.next()).value?.kind).toBe('file')
    await rm(join(folder, 'b'), { recursive: true })
    const rest = await gathered(walking)
    expect(rest.map((one) => (one.kind === 'folder-unread' ? one.because : one.kind))).toEqual([
      'vanished',
      'file',
    ])
  })

  it.skipIf(process.getuid?.() === 0)('names a folder that may not be read', async () => {
    const folder = await tree('a/b')
    await chmod(join(folder, 'a'), 0)
    expect(await met([folder])).toMatchObject([{ kind: 'folder-unread', because: 'permission' }])
    await chmod(join(folder, 'a'), 0o700)
  })

  it('passes over what is excluded, with everything below it', async () => {
    const folder = await tree('a/keep.jpg', 'a/cache/x', 'a/deep/cache/y', 'b.tmp')
    const excluded = exclusion(['cache', '*.tmp'])
    const all = await met([folder], { excluded })
    expect(
      names(
        folder,
        all.filter((one) => one.kind === 'file'),
      ),
    ).toEqual(['a/keep.jpg'])
    expect(all.filter((one) => one.kind === 'skipped')).toHaveLength(3)
  })
})

describe('the order of paths', () => {
  it('is a total order in which a folder comes right before what is below it', () => {
    const name = fc.stringMatching(/^[!-.0-~]{1,3}$/)
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => Buffer.from(parts.join('/')))
    fc.assert(
      fc.property(path, path, path, (a, b, c) => {
        const sorted = [a, b, c].sort(comparePaths)
        expect(sorted.map(String)).toEqual([c, b, a].sort(comparePaths).map(String))
        const below = Buffer.concat([a, Buffer.from('/x')])
        expect(comparePaths(a, below)).toBeLessThan(0)
        if (comparePaths(a, b) < 0 && !b.toString().startsWith(`${a}/`)) {
          expect(comparePaths(below, b)).toBeLessThan(0)
        }
      }),
    )
  })
})

describe('an exclusion', () => {
  const excludes = (pattern: string, path: string): boolean => exclusion([pattern])(Buffer.from(path))

  it('tries a pattern without a slash on the last name', () => {
    expect(excludes('*.tmp', '/a/b.tmp')).toBe(true)
    expect(excludes('*.tmp', '/a.tmp/b')).toBe(false)
    expect(excludes('a?c', '/x/abc')).toBe(true)
  })

  it('tries a pattern with a slash on the end of the path, and from the root when it begins with one', () => {
    expect(excludes('cache/*', '/home/cache/x')).toBe(true)
    expect(excludes('/home/*', '/home/x')).toBe(true)
    expect(excludes('/home/*', '/srv/home/x')).toBe(false)
    expect(excludes('a/**/z', '/a/b/c/z')).toBe(true)
  })

  it('takes marks that mean something elsewhere as they stand', () => {
    expect(excludes('a.c', '/abc')).toBe(false)
    expect(excludes('(x)+', '/(x)+')).toBe(true)
  })
})
