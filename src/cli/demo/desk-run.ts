/** Desk run: a demonstration is made where there is none yet, and started for this machine alone. */
import { resolve } from 'node:path'
import { type Config, readConfig } from '#ground/config'
import { Fault } from '#terms/fault'
import type { Platform } from '../../platform.ts'
import { withDecoders } from '../decoding.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { counted, grouped } from '../numbers.ts'
import { type DecodingFlags, decodingAsked } from '../options.ts'
import { say, write, writeJson } from '../output.ts'
import { serve } from '../serve.ts'

export interface DeskFlags extends DecodingFlags {
  readonly data?: string
  readonly port?: number
  readonly seed: number
  readonly fill?: boolean
  readonly links?: boolean
}

const HOST = '127.0.0.1'
const PORT = 8787
/** Cases between two words of how far it is. */
const TELL_EVERY = 5

/** Where the pages name somebody to call: no number, since any may be somebody's. */
const HERE = 'Demonstration: a number that somebody has checked stands here.'
const CONTACTS = [
  { name: 'A helpline for children', about: HERE, for: 'child' },
  { name: 'The emergency number', about: HERE, for: 'danger' },
] as const
const ORGANISATION = 'Demonstration: nobody reads what is reported here'

/** Makes the demonstration where there is none, prints how to come in, and serves it. */
export async function runDesk(flags: DeskFlags): Promise<ExitCode> {
  const config = await deskConfig(flags)
  if (flags.links) return printLinks(config, flags)
  await made(config, flags)
  if (flags.fill) return EXIT.nothingFound
  const at = { host: HOST, port: flags.port ?? PORT }
  return serve(config, at, (platform, url) => announce(platform, url, flags))
}

/** What is set of the machine counts; what is set of a place of work has no part in a demonstration. */
async function deskConfig({ data }: DeskFlags): Promise<Config & { readonly data: string }> {
  const { jobs, sandbox, limits, log } = await readConfig(process.env)
  const today = new Date().toISOString().slice(0, 10)
  return {
    data: resolve(data ?? (await placeOfDemonstration())),
    host: HOST,
    log: log ?? { level: 'warn' },
    ...(jobs !== undefined && { jobs }),
    ...(sandbox && { sandbox }),
    ...(limits && { limits }),
    desk: {
      ...{ publicPage: true, organisation: ORGANISATION, publisher: 'Demonstration hotline' },
      ...{ outcomeHours: 0, contacts: CONTACTS.map((one) => ({ ...one, checkedOn: today })) },
    },
  }
}

/** The database of root runs as somebody else, who comes into few folders. */
async function placeOfDemonstration(): Promise<string> {
  const { isRoot } = await import('#store/embedded/account')
  return isRoot() ? '/var/lib/tutela-demo' : 'tutela-demo'
}

async function made(config: Config & { readonly data: string }, flags: DeskFlags): Promise<void> {
  const { stageDemonstration } = await import('#workflow/demonstration/stage')
  const begun = performance.now()
  const filled = await withDecoders(await decodingAsked(flags, config), (decoders) =>
    stageDemonstration({
      ...{ data: config.data, seed: flags.seed, decoders, now: () => new Date() },
      told: ({ kind, done, total }) => {
        if (kind !== 'cases') say(`${counted(done, kind === 'people' ? 'person' : 'known scene')} …`)
        else if (done % TELL_EVERY === 0 || done === total) say(`${done} of ${total} cases …`)
      },
    }),
  )
  if (!filled) return say(`The demonstration in ${config.data} stands already.`)
  const seconds = Math.round((performance.now() - begun) / 1000)
  say(`${grouped(filled.cases)} cases with ${counted(filled.items, 'item')} in ${seconds} s.`)
}

async function announce({ people }: Platform, url: string, flags: DeskFlags): Promise<void> {
  const { castLinks } = await import('#workflow/demonstration/sign-in')
  const links = (await castLinks(people)).map(({ token, ...link }) => ({ ...link, url: linkOf(url, token) }))
  if (flags.json) return writeJson({ kind: 'demonstration', url, links })
  await write('This is a demonstration: everything in it is generated, and nobody is shown in it.\n\n')
  await write(`The desk:         ${url}\nThe public page:  ${url}/report\n\n`)
  await write(linesOf(links))
  await write('Each link works once; the sign-in page of a demonstration also lets you choose a role.\n')
  await write('Ctrl-C stops it.\n')
}

/** New links while the service runs. */
async function printLinks({ data }: { readonly data: string }, flags: DeskFlags): Promise<ExitCode> {
  const [{ openStore }, { openPeople }, { castLinks }] = await Promise.all([
    import('#store/open'),
    import('#workflow/people/open'),
    import('#workflow/demonstration/sign-in'),
  ])
  const store = await openStore({ data, create: false })
  try {
    const people = await openPeople({ database: store.database, data, now: () => new Date() })
    const url = `http://${HOST}:${flags.port ?? PORT}`
    const links = (await castLinks(people)).map(({ token, ...link }) => ({
      ...link,
      url: linkOf(url, token),
    }))
    if (links.length === 0) throw new Fault('people.unknown', `nobody is in the demonstration in ${data}`)
    if (flags.json) await writeJson({ kind: 'links', links })
    else await write(linesOf(links))
    return EXIT.nothingFound
  } finally {
    await store.close()
  }
}

/** What stands behind the `#` never leaves the browser. */
function linkOf(url: string, token: string): string {
  return `${url}/sign-in#${token}`
}

function linesOf(links: readonly { role: string; place: number; url: string }[]): string {
  const width = Math.max(...links.map(({ role }) => role.length)) + 2
  return `${links.map(({ role, place, url }) => `${`${role} ${place}`.padEnd(width)}  ${url}\n`).join('')}\n`
}
