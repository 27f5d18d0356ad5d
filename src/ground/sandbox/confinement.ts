/** Confinement: the ways in which a child program can be started with less than its parent may do, strongest first. */
import type { SandboxUsed } from '#terms/media'
import { wrapped } from './bubblewrap.ts'
import type { Host } from './host.ts'
import { limited, type ResourceLimits, UNDISTURBED } from './limits.ts'

/** A measure that confines a child. */
export type Measure = SandboxUsed['measures'][number]

/** The account that children run as when the parent is root: no name, no files, not the database's. */
export const CHILD_UID = 61_437

/** What to hand to `spawn`. */
export interface Launch {
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly uid?: number
  readonly gid?: number
}

/** One way to start a program, and what it puts in force. */
export interface Confinement {
  /** Strongest first; empty when nothing confines. */
  readonly measures: readonly Measure[]
  /** A few words for a person, used when this way did not work. */
  readonly name: string
  launch(command: readonly [string, ...string[]]): Launch
}

/** What the program needs, and what it may use. */
export interface Room {
  /** Files and folders that the program reads, besides `/usr`; absolute and without links. */
  readonly readable: readonly string[]
  readonly limits: ResourceLimits
  /** The program's whole environment. */
  readonly env: Readonly<Record<string, string>>
}

interface Way {
  readonly name: string
  readonly measures: readonly Measure[]
  readonly before: readonly string[]
  readonly dropped?: boolean
}

function confinement(way: Way, room: Room): Confinement {
  const { name, measures, before, dropped } = way
  return {
    name,
    measures,
    launch(command) {
      const [file, ...args] = [...before, ...command] as [string, ...string[]]
      return { file, args, env: room.env, ...(dropped ? { uid: CHILD_UID, gid: CHILD_UID } : {}) }
    },
  }
}

/** Words that change to the children's account and give up every right for good. */
function changed(setpriv: string): readonly string[] {
  const account = String(CHILD_UID)
  return [
    ...[setpriv, '--reuid', account, '--regid', account, '--clear-groups'],
    ...['--inh-caps', '-all', '--bounding-set', '-all', '--no-new-privs', '--'],
  ]
}

function waysOfRoot(host: Host, room: Room, limits: readonly string[]): readonly Way[] {
  const ways: Way[] = []
  if (host.bwrap !== undefined) {
    ways.push({
      name: 'an account of its own, then bubblewrap',
      measures: ['bubblewrap', 'uid', 'rlimits'],
      before: [...wrapped(host.bwrap, 'account', room.readable), ...limits],
      dropped: true,
    })
    if (host.setpriv !== undefined) {
      ways.push({
        name: 'bubblewrap, then an account of its own',
        measures: ['bubblewrap', 'uid', 'rlimits'],
        before: [...wrapped(host.bwrap, 'root', room.readable, true), ...limits, ...changed(host.setpriv)],
      })
    }
  }
  ways.push({
    name: 'an account of its own without bubblewrap',
    measures: ['uid', 'rlimits'],
    ...(host.setpriv === undefined
      ? { before: limits, dropped: true }
      : { before: [...limits, ...changed(host.setpriv)] }),
  })
  if (host.bwrap !== undefined) {
    ways.push({
      name: 'bubblewrap without an account of its own',
      measures: ['bubblewrap', 'rlimits'],
      before: [...wrapped(host.bwrap, 'root', room.readable), ...limits],
    })
  }
  return ways
}

function waysOfAccount(host: Host, room: Room, limits: readonly string[]): readonly Way[] {
  if (host.bwrap === undefined) return []
  return [
    {
      name: 'bubblewrap',
      measures: ['bubblewrap', 'rlimits'],
      before: [...wrapped(host.bwrap, 'account', room.readable), ...limits],
    },
  ]
}

/** The start without any confinement, by which `off` runs. */
export function unconfined(room: Room): Confinement {
  return confinement({ name: 'a start without confinement', measures: [], before: [] }, room)
}

/**
 * Every way of confining that this host might allow, strongest first and ending with the limits alone; whether one
 * works is only known by starting a child under it. Empty where there is no POSIX shell.
 */
export function confinements(host: Host, room: Room): readonly Confinement[] {
  if (!host.posix) return []
  const limits = limited(room.limits)
  const ways = host.root ? waysOfRoot(host, room, limits) : waysOfAccount(host, room, limits)
  const last: Way = { name: 'resource limits', measures: ['rlimits'], before: limits }
  return [...ways, last].map((way) => confinement({ ...way, before: [...UNDISTURBED, ...way.before] }, room))
}

/** True when a confinement is all that this host's kind of account can have: what `require` insists on. */
export function isComplete(host: Host, measures: readonly Measure[]): boolean {
  return (
    measures.includes('bubblewrap') &&
    measures.includes('rlimits') &&
    (!host.root || measures.includes('uid'))
  )
}
