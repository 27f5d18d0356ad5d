/** Desk: what the commands of retention work at: the database, the profiles, and who is signed in; not the vault. */
import type { CareDesk } from '#workflow/evidence/care'
import type { PersonDesk } from '../session.ts'
import { withPerson } from '../session.ts'

/** Runs a command by whoever is signed in. @throws Fault `people.sign-in`, `config.invalid`; whatever `work` throws */
export function withCare<T>(work: (desk: CareDesk, person: PersonDesk) => Promise<T>): Promise<T> {
  return withPerson(async (person) => {
    // Heavy: other commands need not wait for them.
    const { readProfiles } = await import('#workflow/evidence/profiles')
    const { dataDirectory } = await import('#store/embedded/place')
    const { database, config } = person
    const profiles = await readProfiles(dataDirectory(config.data))
    return work({ database, profiles, now: () => new Date() }, person)
  })
}
