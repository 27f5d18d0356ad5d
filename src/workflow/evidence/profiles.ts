/** Profiles: the retention profiles that there are: those that come with Tutela, and the operator's own in their place. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { ProfileProblem, parseProfile, type RetentionProfile } from '#cases/profile'
import { Fault } from '#terms/fault'

/** Retention profiles by their names. */
export type RetentionProfiles = ReadonlyMap<string, RetentionProfile>

/** The profiles that come with Tutela; the same place from source and from the build. */
const SHIPPED = fileURLToPath(new URL('../../../retention', import.meta.url))
const YAML = /\.ya?ml$/
const FILE_BYTES_MAX = 256 * 1024

/**
 * Every profile. An operator's own takes the place of a shipped one of the same name. One that is wrong stops all of them: a
 * time that is not known must not be guessed.
 *
 * @param data the data directory, in whose folder `retention` the operator's own lie; absent: those that are shipped
 * @throws Fault `config.invalid`
 */
export async function readProfiles(data?: string): Promise<RetentionProfiles> {
  const profiles = new Map<string, RetentionProfile>()
  for (const profile of await profilesIn(SHIPPED, false)) profiles.set(profile.name, profile)
  const own = data === undefined ? [] : await profilesIn(join(data, 'retention'), true)
  for (const profile of own) profiles.set(profile.name, profile)
  return profiles
}

/** A profile. @throws Fault `evidence.refused` where there is none of that name */
export function profileNamed(profiles: RetentionProfiles, name: string): RetentionProfile {
  const profile = profiles.get(name)
  if (!profile)
    throw new Fault(
      'evidence.refused',
      `there is no retention profile "${name}": there are ${[...profiles.keys()].join(', ')}`,
    )
  return profile
}

async function profilesIn(folder: string, isOptional: boolean): Promise<RetentionProfile[]> {
  const files = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (isOptional && cause.code === 'ENOENT') return []
    throw new Fault('config.invalid', `${folder} cannot be read: ${cause.message}`, { cause })
  })
  return Promise.all(
    files
      .filter((file) => YAML.test(file))
      .sort()
      .map((file) => profileIn(join(folder, file))),
  )
}

async function profileIn(file: string): Promise<RetentionProfile> {
  try {
    if ((await stat(file)).size > FILE_BYTES_MAX) throw new ProfileProblem('it is too large')
    const text = await readFile(file, 'utf8')
    const profile = parseProfile(parse(text, { strict: true, uniqueKeys: true, maxAliasCount: 0 }))
    if (basename(file).replace(YAML, '') !== profile.name)
      throw new ProfileProblem(`its name "${profile.name}" is not that of its file`)
    return profile
  } catch (cause) {
    throw new Fault('config.invalid', `${file} is no retention profile: ${(cause as Error).message}`, {
      cause,
    })
  }
}
