import { spawn } from 'node:child_process'
import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { EXIT, FAULT_EXITS } from '../../src/cli/exit.ts'
import { HINTS } from '../../src/ground/hints.ts'
import { called, ended, jsonLines, tutela } from '../support/command.ts'
import { departures } from '../support/contract.ts'
import { temporaryFolder } from '../support/folder.ts'
import { picture } from '../support/pictures.ts'

describe('tutela', () => {
  it.each([
    [[], 64],
    [['nonsense'], 64],
    [['scan'], 64],
    [['scan', '/tmp'], 64],
    [['scan', '/tmp', '--list', 'x', '--distance', '64'], 64],
    [['scan', '/tmp', '--list', 'x', '--unknown'], 64],
    [['scan', '--replay'], 64],
    [['scan', '/tmp', '--list', '/nowhere.csv'], 66],
    [['hash'], 64],
    [['list'], 64],
    [['list', 'check', '/nowhere.csv'], 66],
    [['index', 'inspect', '/nowhere'], 66],
    [['--help'], 0],
    [['help', 'scan'], 0],
    [['scan', '--help'], 0],
    [['--version'], 0],
  ] as const)('%j ends with %i, and says why when it is a fault', async (args, code) => {
    const result = await called(...args)
    expect(result.code).toBe(code)
    if (code === 0) expect(result.stdout).not.toBe('')
    else expect(result.stderr).toMatch(/^tutela: .*\[[a-z]+\.[a-z-]+\]\nHint: .+\n$/)
  })

  it('says the same as a program of its own', async () => {
    for (const args of [['--version'], ['scan', '--replay'], ['list', 'check', '/nowhere.csv']])
      expect(await tutela(...args)).toEqual(await called(...args))
  })

  it('gives no fault the code of a verdict', () => {
    const verdicts: readonly number[] = [EXIT.nothingFound, EXIT.match, EXIT.unknown]
    for (const exit of Object.values(FAULT_EXITS)) expect(verdicts).not.toContain(exit)
    expect(Object.values(HINTS)).not.toContain('')
  })

  it('ends with 70 when the program itself fails, never with the code of a match', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'bin'))
    await copyFile('bin/tutela.js', join(folder, 'bin/tutela.js'))
    await writeFile(join(folder, 'package.json'), '{"type":"module"}')
    const result = await ended(spawn(process.execPath, [join(folder, 'bin/tutela.js'), 'demo']))
    expect(result.code).toBe(70)
    expect(result.stderr).toContain('npm run build')
  })

  it('refuses a configuration with an unknown key or a wrong value, naming the place', async () => {
    const folder = await temporaryFolder()
    const file = join(folder, 'tutela.yaml')
    onTestFinished(() => void vi.unstubAllEnvs())
    for (const text of ['rolle: x\n', 'jobs: many\n', 'limits:\n  pixels: 3\n', '- a\n', 'sandbox: [\n']) {
      await writeFile(file, text)
      vi.stubEnv('TUTELA_CONFIG', file)
      const result = await called('hash', '/etc/hostname')
      expect(result.code).toBe(78)
      expect(result.stderr).toContain('tutela.yaml')
    }
  })
})

describe('tutela hash', () => {
  it('prints what its contract says of pictures, other files and what cannot be read', async () => {
    const folder = await temporaryFolder()
    const jpeg = await picture(folder, 'a.jpg', 1)
    await writeFile(join(folder, 'b.txt'), 'text')
    await symlink(jpeg, join(folder, 'link.jpg'))
    const files = [jpeg, join(folder, 'b.txt'), join(folder, 'link.jpg'), join(folder, 'missing')]
    const { code, stdout } = await tutela('hash', '--json', ...files)
    expect(code).toBe(66)
    const lines = jsonLines(stdout)
    expect(departures('hash', lines)).toEqual([])
    expect(lines[0]).toMatchObject({ kind: 'picture', format: 'jpeg', width: 160, height: 120 })
    expect(lines[1]).toMatchObject({ kind: 'other', md5: '1cb251ec0d568de6a929b520c4aed8d1' })
    expect(lines[2]).toMatchObject({ kind: 'picture', pdq: lines[0]?.['pdq'] })
    expect(lines[3]).toEqual({ file: files[3], kind: 'unknown', because: 'vanished' })
  })

  it('agrees with the reference on the generated vectors', async () => {
    const folder = 'vectors/pdq-synthetic'
    const vectors = JSON.parse(await readFile(join(folder, 'reference.json'), 'utf8')) as {
      file: string
      pdq: string
      quality: number
    }[]
    const { stdout } = await called('hash', '--json', ...vectors.map(({ file }) => join(folder, file)))
    const hashed = jsonLines(stdout).map(({ pdq, quality }) => ({ pdq, quality }))
    expect(hashed).toEqual(vectors.map(({ pdq, quality }) => ({ pdq, quality })))
  })
})

describe('tutela compare', () => {
  it('says match for an edit, none for another scene, unknown for what is no picture', async () => {
    const folder = await temporaryFolder()
    const original = await picture(folder, 'a.jpg', 1)
    const edit = await picture(folder, 'b.jpg', 1, 'mirror')
    const other = await picture(folder, 'c.jpg', 2)
    await writeFile(join(folder, 'd.txt'), 'x')
    const near = await called('compare', original, edit, '--json')
    expect(near.code).toBe(1)
    expect(jsonLines(near.stdout)[0]).toMatchObject({ verdict: 'match', orientation: 'flipy' })
    expect((await called('compare', original, other)).code).toBe(0)
    expect((await called('compare', original, join(folder, 'd.txt'))).code).toBe(2)
    expect((await called('compare', original, original)).stdout).toContain(
      'the same file by md5, sha1, sha256',
    )
  })

  it('takes a PDQ hash in the place of a file', async () => {
    const folder = await temporaryFolder()
    const file = await picture(folder, 'a.jpg', 1)
    const [hashed] = jsonLines<{ pdq: string }>((await called('hash', '--json', file)).stdout)
    const { code, stdout } = await called('compare', hashed?.pdq ?? '', file, '--json')
    expect(code).toBe(1)
    expect(jsonLines(stdout)[0]).toMatchObject({ distance: 0, orientation: 'orig' })
    expect((await called('compare', 'f'.repeat(64), `${'0'.repeat(63)}1`)).stdout).toContain('distance 255')
  })
})

describe('tutela list', () => {
  it('makes, checks and converts lists without losing anything that the format carries', async () => {
    const folder = await temporaryFolder()
    await picture(folder, 'in/a.jpg', 1)
    await picture(folder, 'in/b.jpg', 2)
    const [csv, jsonl, back] = ['a.csv', 'b.jsonl', 'c.csv'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ]
    const words = ['--label', 'x, "y"', '--source', 'test']
    expect((await called('list', 'make', join(folder, 'in'), '--out', csv, ...words)).code).toBe(0)
    expect((await called('list', 'convert', csv, jsonl)).code).toBe(0)
    expect((await called('list', 'convert', jsonl, back)).code).toBe(0)
    expect(await readFile(back, 'utf8')).toBe(await readFile(csv, 'utf8'))
    const checked = await called('list', 'check', jsonl, '--json')
    expect(checked.code).toBe(0)
    expect(jsonLines(checked.stdout)[0]).toMatchObject({ counts: { md5: 2, sha1: 2, sha256: 2, pdq: 2 } })
  })

  it('says what a plain list cannot carry, and does not overwrite unless told', async () => {
    const folder = await temporaryFolder()
    const csv = join(folder, 'a.csv')
    await writeFile(csv, `md5,label\n${'a'.repeat(32)},words\n`)
    const plain = join(folder, 'a.txt')
    const converted = await called('list', 'convert', csv, plain)
    expect(converted).toMatchObject({ code: 2, stderr: 'tutela: 1 entry lost the label\n' })
    expect((await called('list', 'convert', csv, plain)).code).toBe(74)
    expect((await called('list', 'convert', csv, plain, '--overwrite')).code).toBe(2)
  })

  it('names every bad line', async () => {
    const folder = await temporaryFolder()
    const list = join(folder, 'bad.csv')
    await writeFile(list, `md5\n${'a'.repeat(32)}\nxyz\n${'b'.repeat(31)}\n`)
    const { code, stdout } = await called('list', 'check', list)
    expect(code).toBe(65)
    expect(stdout).toMatch(/line 3: .*\n\s+line 4: /)
  })
})

describe('tutela demo', () => {
  it('finds exactly what is within reach, and keeps its pictures when asked', async () => {
    const folder = join(await temporaryFolder(), 'kept')
    const { code, stdout } = await tutela('demo', '--keep', folder)
    expect(code).toBe(0)
    expect(stdout).toContain('Right: the scan found exactly the files within reach')
    expect(await readFile(join(folder, 'report.html'), 'utf8')).toContain('Scan report')
    expect((await called('demo', '--keep', folder)).code).toBe(64)
  })
})
