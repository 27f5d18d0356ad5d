/** Clocks: until when somebody must have looked at what came in: the table it follows from, and cases held against it. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type LookClocks, type LookRule, lookBy, minutesOf, tableName } from '#cases/look-clock'
import type { Fields } from '#lists/fields'
import { fieldsOfFile } from '#lists/fields-file'
import type { Signed } from '#store/append'
import { casesWithout, nearestClock, setLookBy, withoutClocks } from '#store/case-clocks'
import { changeCase, lockCase } from '#store/cases'
import type { Database, Transaction } from '#store/database'
import { CASE_KINDS, type Case, type CaseKind } from '#terms/casework'
import { Fault } from '#terms/fault'
import { REPORT_KINDS, type ReportKind } from '#terms/report'

/** The table that comes with Tutela; the same place from source and from the build. */
const SHIPPED = fileURLToPath(new URL('../../../clocks', import.meta.url))
const FILE = 'first-look.yaml'
const FILE_LENGTH_MAX = 1 << 16
const RULES_MAX = 100
const TEXT_LENGTH_MAX = 1000

/**
 * Reads the table of clocks: the operator's own where there is one, else the one that comes with Tutela.
 *
 * @param data the data directory, in whose folder `clocks` the operator's own lies
 * @throws Fault `config.invalid` naming the file and the place: a field or file that is not known, a kind with no rule or two
 */
export function readClocks(data?: string): LookClocks {
  const own = data === undefined ? [] : ownFiles(join(data, 'clocks'))
  const [other] = own.filter((name) => name !== FILE)
  if (other !== undefined)
    throw new Fault(
      'config.invalid',
      `clocks/${other}: the table of clocks is ${FILE}, and there is no other`,
    )
  return tableIn(join(own.length > 0 && data !== undefined ? join(data, 'clocks') : SHIPPED, FILE))
}

function ownFiles(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /\.ya?ml$/.test(name))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new Fault('config.invalid', `${folder} cannot be read`, { cause })
  }
}

function tableIn(file: string): LookClocks {
  const fields = fieldsOfFile(file, FILE_LENGTH_MAX)
  fields.choice('clocks', ['first-look'])
  const table = {
    name: 'first-look',
    title: fields.text('title', TEXT_LENGTH_MAX),
    from: fields.word('from', /^\d{4}-\d{2}-\d{2}$/, 'a date as 2026-11-22'),
    atRisk: ruleIn(fields.below('at-risk')),
  }
  const rules = new Map<CaseKind, Map<ReportKind, LookRule>>(CASE_KINDS.map((kind) => [kind, new Map()]))
  for (const one of fields.each('rules', RULES_MAX)) {
    const [cases, reports] = [one.choices('cases', CASE_KINDS), one.choices('reports', REPORT_KINDS)]
    const rule = ruleIn(one)
    for (const kind of cases)
      for (const report of reports) {
        if (rules.get(kind)?.has(report)) throw invalid(file, `${report} of ${kind} has two rules`)
        rules.get(kind)?.set(report, rule)
      }
  }
  fields.end()
  for (const [kind, has] of rules)
    for (const report of REPORT_KINDS)
      if (!has.has(report)) throw invalid(file, `${report} of ${kind} has no rule`)
  return { ...table, rules }
}

function ruleIn(fields: Fields): LookRule {
  const isNone = fields.isSaid('none')
  if (isNone === fields.has('within'))
    throw fields.wrong('within', 'how long, or there is "none: true" and no other')
  const within = isNone ? undefined : minutesOf(fields.text('within'))
  if (!isNone && within === undefined) throw fields.wrong('within', 'a length as PT4H or P2D')
  const rule: LookRule = {
    ...(within !== undefined && { withinMinutes: within }),
    because: fields.text('because', TEXT_LENGTH_MAX),
    source: fields.text('source', TEXT_LENGTH_MAX),
    isVerified: fields.truth('verified'),
  }
  fields.end()
  return rule
}

function invalid(file: string, words: string): Fault {
  return new Fault('config.invalid', `${file}: ${words}`)
}

/** Holds a case that is locked against its clocks, where one began or ended. @returns the case as it is now */
export async function reclock(tx: Transaction, before: Case, signed: Signed): Promise<Case> {
  const dueAt = await nearestClock(tx, before)
  if (dueAt === before.priority.dueAt) return before
  const { dueAt: _, ...rest } = before.priority
  const priority = { ...rest, ...(dueAt !== undefined && { dueAt }) }
  return changeCase(tx, before, { priority }, { kind: 'case.clock-set', body: {} }, signed)
}

const CASES_AT_ONCE = 50

/** Gives reports a clock that came before there was a table. @returns how many cases it looked at; 0 where there is none left */
export async function clockOld(
  { database, now }: { readonly database: Database; now(): Date },
  clocks: LookClocks,
): Promise<number> {
  const numbers = await casesWithout(database, CASES_AT_ONCE)
  for (const number of numbers)
    await database.transaction(async (tx) => {
      const signed = { actor: 'tutela', at: now() } as const
      const found = await lockCase(tx, number)
      for (const report of await withoutClocks(tx, number)) {
        const by = lookBy(clocks, { ...report, caseKind: found.kind })
        await setLookBy(tx, report.id, { ...(by && { lookBy: by }), clocks: tableName(clocks) }, signed)
      }
      await reclock(tx, found, signed)
    })
  return numbers.length
}
