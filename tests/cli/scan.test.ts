import { spawnSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { FileLine, ScanLine, Summary } from '#terms/scan'
import { called, ended, jsonLines, started, tutela } from '../support/command.ts'
import { departures } from '../support/contract.ts'
import { temporaryFolder } from '../support/folder.ts'
import { picture } from '../support/pictures.ts'

interface Prepared {
  readonly folder: string
  readonly list: string
}

/** A list of scenes 1 and 2 in JSON lines, made once. */
let made: Buffer

beforeAll(async () => {
  const base = await mkdtemp(join(tmpdir(), 'tutela-test-'))
  await picture(base, 'known/one.jpg', 1)
  await picture(base, 'known/two.jpg', 2)
  const list = join(base, 'known.jsonl')
  const words = ['--out', list, '--category', 'A', '--label', 'test']
  expect(await tutela('list', 'make', join(base, 'known'), ...words)).toMatchObject({ code: 0, stderr: '' })
  made = await readFile(list)
  await rm(base, { recursive: true })
})

/** A folder to scan, and the list. */
async function prepared(): Promise<Prepared> {
  const base = await temporaryFolder()
  const list = join(base, 'known.jsonl')
  await writeFile(list, made)
  await mkdir(join(base, 'scanned'))
  return { folder: join(base, 'scanned'), list }
}

function linesOf(stdout: string): { files: Map<string, FileLine>; all: ScanLine[]; summary: Summary } {
  const all = jsonLines<ScanLine | Summary>(stdout)
  const summary = all.pop()
  if (summary?.kind !== 'summary') throw new Error('no summary came last')
  const lines = all as ScanLine[]
  const files = lines.flatMap((line) =>
    line.kind === 'file' ? [[line.file.split('/').at(-1) ?? '', line] as const] : [],
  )
  return { files: new Map(files), all: lines, summary }
}

describe('tutela scan', () => {
  it('finds copies by digest and edits by PDQ, and keeps its contract', async () => {
    const { folder, list } = await prepared()
    await picture(folder, 'copy.png', 1)
    await picture(folder, 'mirrored.jpg', 2, 'mirror')
    await picture(folder, 'bordered.jpg', 1, 'border')
    await picture(folder, 'other.jpg', 3)
    await writeFile(join(folder, 'notes.txt'), 'nothing here\n')
    const { code, stdout } = await tutela('scan', folder, '--list', list, '--json')
    expect(code).toBe(1)
    expect(departures('scan', jsonLines(stdout))).toEqual([])
    const { files, summary } = linesOf(stdout)
    expect(files.get('copy.png')?.matches.map((match) => match.basis)).toEqual([
      'sha256',
      'sha1',
      'md5',
      'pdq',
    ])
    expect(files.get('copy.png')?.matches[0]).toMatchObject({ list, entry: 1, label: 'test', category: 'A' })
    expect(files.get('mirrored.jpg')?.matches).toMatchObject([
      { basis: 'pdq', entry: 2, orientation: 'flipy', region: 'whole' },
    ])
    expect(files.get('bordered.jpg')?.matches).toMatchObject([
      { basis: 'pdq', entry: 1, region: 'unbordered' },
    ])
    expect(files.get('other.jpg')).toMatchObject({
      verdict: 'none',
      checked: ['md5', 'sha1', 'sha256', 'pdq'],
    })
    expect(files.get('notes.txt')).toMatchObject({ verdict: 'none', checked: ['md5', 'sha1', 'sha256'] })
    expect(summary).toMatchObject({ files: 5, match: 3, none: 2, unknown: 0, categories: { A: 3 } })
    expect(summary.stated).toEqual({ role: 'not stated', purpose: 'not stated' })
  })

  it('ends with 0 only when nothing matched and everything was checked', async () => {
    const { folder, list } = await prepared()
    await picture(folder, 'other.jpg', 3)
    const stated = ['--role', 'analyst', '--purpose', 'a test']
    const { code, stdout } = await called('scan', folder, '--list', list, ...stated)
    expect(code).toBe(0)
    expect(stdout).toContain('None means: not on these lists')
    expect(stdout).toContain('Role: analyst. Purpose: a test.')
  })

  it('names a reason for every broken, hostile, huge or odd file and ends with 2', async () => {
    const { folder, list } = await prepared()
    const good = await readFile(await picture(folder, 'good.jpg', 3))
    await writeFile(join(folder, 'cut.jpg'), good.subarray(0, good.length >> 1))
    await writeFile(
      join(folder, 'garbage.png'),
      Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(500, 7)]),
    )
    await writeFile(join(folder, 'archive.jpg'), Buffer.from('504b0304140000000800', 'hex'))
    await writeFile(
      join(folder, 'film.mp4'),
      Buffer.concat([Buffer.from('0000001866747970', 'hex'), Buffer.from('isom0000isommp42')]),
    )
    await writeFile(
      join(folder, 'noise.bin'),
      Buffer.from(Array.from({ length: 999 }, (_, at) => (at * at * 31) & 255)),
    )
    await writeFile(join(folder, 'empty'), '')
    await writeFile(join(folder, 'huge.jpg'), good)
    await truncate(join(folder, 'huge.jpg'), 300 << 20)
    await writeFile(join(folder, 'private.txt'), 'x')
    await symlink('/etc/passwd', join(folder, 'link'))
    spawnSync('mkfifo', [join(folder, 'pipe')])
    const server = createServer().listen(join(folder, 'socket'))
    onTestFinished(() => void server.close())
    const { code, stdout } = await called('scan', folder, '--list', list, '--json')
    expect(code).toBe(2)
    expect(departures('scan', jsonLines(stdout))).toEqual([])
    const { files, all, summary } = linesOf(stdout)
    const because = (name: string): string | undefined => files.get(name)?.because
    expect(because('cut.jpg')).toBe('truncated')
    expect(files.get('garbage.png')?.verdict).toBe('unknown')
    expect(because('archive.jpg')).toBe('container')
    expect(because('film.mp4')).toBe('unsupported')
    expect(because('noise.bin')).toBe('unsupported')
    expect(because('huge.jpg')).toBe('too-large')
    expect(files.get('huge.jpg')?.checked).toEqual(['md5', 'sha1', 'sha256'])
    expect(files.get('empty')?.verdict).toBe('none')
    expect(summary.skipped).toEqual({ 'symbolic-link': 1, fifo: 1, socket: 1 })
    expect(all).toHaveLength(summary.files + 3)
  })

  it('carries the bytes of a name that is not UTF-8', async () => {
    const { folder, list } = await prepared()
    await writeFile(Buffer.concat([Buffer.from(`${folder}/`), Buffer.of(0xe9, 0xff)]), 'text')
    const { code, stdout } = await called('scan', folder, '--list', list, '--json')
    expect(code).toBe(0)
    const [line] = linesOf(stdout).all
    expect(Buffer.from(line?.fileBase64 ?? '', 'base64').subarray(-2)).toEqual(Buffer.of(0xe9, 0xff))
  })

  it('takes a built index as it takes a list', async () => {
    const { folder, list } = await prepared()
    await picture(folder, 'small.webp', 1, 'resize')
    const index = join(folder, '..', 'known.index')
    expect((await called('index', 'build', '--list', list, '--out', index)).code).toBe(0)
    const byList = linesOf((await called('scan', folder, '--list', list, '--json')).stdout)
    const byIndex = linesOf((await called('scan', folder, '--list', index, '--json')).stdout)
    expect(byIndex.all).toEqual(byList.all)
    expect(byIndex.summary.lists).toEqual(byList.summary.lists)
    const inspected = await called('index', 'inspect', index, '--verify', '--json')
    expect(jsonLines(inspected.stdout)[0]).toMatchObject({ kind: 'index', entries: 2 })
  })

  it('never says 0 over entries or lines that it could not use', async () => {
    const { folder } = await prepared()
    await writeFile(join(folder, 'text'), 'x')
    const list = join(folder, '..', 'mixed.csv')
    await writeFile(list, `md5,photodna\n${'a'.repeat(32)},\n,${'QUJD'.repeat(48)}\n`)
    const carried = await called('scan', folder, '--list', list, '--json')
    expect(carried.code).toBe(2)
    expect(linesOf(carried.stdout).summary.uncheckableEntries).toBe(1)
    await writeFile(list, `md5\n${'a'.repeat(32)}\nnot-a-hash\n`)
    const bad = await called('scan', folder, '--list', list)
    expect(bad.code).toBe(2)
    expect(bad.stderr).toContain('mixed.csv, line 3')
    expect((await called('scan', folder, '--list', list, '--strict')).code).toBe(65)
  })

  it('writes a report that holds no script, no picture, and no markup from outside', async () => {
    const { folder, list } = await prepared()
    await picture(folder, '<img src=x onerror=alert(1)>.jpg', 1)
    const report = join(folder, '..', 'report.html')
    expect((await called('scan', folder, '--list', list, '--report', report)).code).toBe(1)
    const page = await readFile(report, 'utf8')
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;.jpg')
    expect(page).not.toMatch(/<img|<script|https?:\/\//)
    expect(page).toContain('None means')
  })

  it('replaces an earlier report, and nothing else', async () => {
    const { folder, list } = await prepared()
    await writeFile(join(folder, 'a'), 'x')
    const report = join(folder, '..', 'report.html')
    for (const _ of [1, 2]) {
      expect((await called('scan', folder, '--list', list, '--report', report)).code).toBe(0)
    }
    const before = await readFile(list)
    for (const other of [list, folder, '/dev/null']) {
      const refused = await called('scan', folder, '--list', list, '--report', other)
      expect(refused).toMatchObject({ code: 74, stdout: '' })
    }
    expect(await readFile(list)).toEqual(before)
  })

  it('takes no configuration from what it scans', async () => {
    const { folder, list } = await prepared()
    await writeFile(join(folder, 'tutela.yaml'), 'role: forged\nsandbox: off\n')
    const scan = started(['scan', '.', '--list', list, '--json'], {}, folder)
    const { summary } = linesOf((await ended(scan)).stdout)
    expect(summary.stated.role).toBe('not stated')
    expect(summary.sandbox.asked).toBe('auto')
  })

  it.skipIf(process.getuid?.() === 0)('names a folder that may not be read', async () => {
    const { folder, list } = await prepared()
    await mkdir(join(folder, 'private'))
    await chmod(join(folder, 'private'), 0)
    const { code, stdout } = await called('scan', folder, '--list', list, '--json')
    expect(code).toBe(2)
    expect(linesOf(stdout).all).toMatchObject([{ kind: 'folder', because: 'permission' }])
    await chmod(join(folder, 'private'), 0o700)
  })
})
