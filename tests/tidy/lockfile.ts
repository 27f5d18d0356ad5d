/**
 * Lockfile: every optional package of every platform stands in it, since `npm ci` refuses one that is left out.
 *
 * `npm run lock` installs and then completes what a registry with gaps did not offer, and drops addresses: a package is
 * known by its name, version and digest, wherever it is fetched from.
 */
import { readFileSync, writeFileSync } from 'node:fs'

/** The program's own, and that of what a prioritiser's child loads, which is installed beside it where it is wanted. */
const LOCKFILES = ['package-lock.json', 'prioritisers/package-lock.json'] as const
type LockfileName = (typeof LOCKFILES)[number]

interface Locked {
  version?: string
  resolved?: string
  integrity?: string
  dev?: boolean
  optional?: boolean
  os?: string[]
  cpu?: string[]
  libc?: string[]
  optionalDependencies?: Record<string, string>
}

interface Lockfile {
  packages: Record<string, Locked>
}

interface Missing {
  readonly name: string
  readonly version: string
  readonly parent: Locked
}

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32']
const PROCESSORS = ['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64']
const LIBRARIES: Readonly<Record<string, string>> = {
  gnu: 'glibc',
  gnueabihf: 'glibc',
  musl: 'musl',
  musleabihf: 'musl',
}

/** Says which optional packages the lockfiles leave out, and whether they name addresses. */
export function checkLockfile(): readonly string[] {
  return LOCKFILES.flatMap((name) => {
    const lockfile = readLockfile(name)
    const missing = missingFrom(lockfile).map((one) => `${one.name} is left out`)
    const addressed = Object.entries(lockfile.packages)
      .filter(([, locked]) => locked.resolved?.includes('://'))
      .map(([place]) => `${place} has an address`)
    return [...missing, ...addressed].map((wrong) => `${name}: ${wrong}; run "npm run ${MENDS[name]}"`)
  })
}

const MENDS: Readonly<Record<LockfileName, string>> = {
  'package-lock.json': 'lock',
  'prioritisers/package-lock.json': 'prioritiser:lock',
}

/** Adds what is left out, and drops addresses. */
function complete(file: LockfileName): void {
  const lockfile = readLockfile(file)
  for (const locked of Object.values(lockfile.packages)) {
    if (locked.resolved?.includes('://')) delete locked.resolved
  }
  for (const { name, version, parent } of missingFrom(lockfile)) {
    const words = name.split(/[/-]/)
    const library = LIBRARIES[words.find((word) => word in LIBRARIES) ?? '']
    lockfile.packages[`node_modules/${name}`] = {
      version,
      ...(parent.dev && { dev: true }),
      optional: true,
      os: words.filter((word) => SYSTEMS.includes(word)),
      cpu: words.filter((word) => PROCESSORS.includes(word)),
      ...(library && words.includes('linux') && { libc: [library] }),
    }
  }
  const sorted = Object.entries(lockfile.packages).sort(([a], [b]) => (a < b ? -1 : 1))
  writeFileSync(file, `${JSON.stringify({ ...lockfile, packages: Object.fromEntries(sorted) }, null, 2)}\n`)
}

function missingFrom({ packages }: Lockfile): Missing[] {
  return Object.entries(packages).flatMap(([place, parent]) =>
    Object.entries(parent.optionalDependencies ?? {})
      .filter(([name]) => !isReachable(packages, place, name))
      .map(([name, version]) => ({ name, version, parent })),
  )
}

/** A package is found in its parent's own folder or in that of any folder above. */
function isReachable(packages: Lockfile['packages'], place: string, name: string): boolean {
  if (`${place ? `${place}/` : ''}node_modules/${name}` in packages) return true
  if (place === '') return false
  const above = place.lastIndexOf('/node_modules/')
  return isReachable(packages, above < 0 ? '' : place.slice(0, above), name)
}

function readLockfile(name: LockfileName): Lockfile {
  return JSON.parse(readFileSync(name, 'utf8')) as Lockfile
}

if (process.argv[2] === 'complete') for (const name of LOCKFILES) complete(name)
