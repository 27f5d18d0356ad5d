/** Contract: the published schemas of the output, as checks. */
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'

const ajv = new Ajv2020({ allErrors: true, strict: false })

/** Says where each value departs from a schema of docs/formats; empty when none does. */
export function departures(schema: 'hash' | 'scan', values: readonly unknown[]): readonly string[] {
  const check =
    ajv.getSchema(schema) ??
    ajv
      .addSchema(JSON.parse(readFileSync(`docs/formats/${schema}.schema.json`, 'utf8')), schema)
      .getSchema(schema)
  if (!check) throw new Error(`no schema ${schema}`)
  return values.flatMap((value) =>
    check(value) ? [] : [`${JSON.stringify(value)}: ${ajv.errorsText(check.errors)}`],
  )
}
