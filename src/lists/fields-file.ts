/** Fields file: data of ours or of an operator in YAML, read whole and strictly, field by field. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { Fault } from '#terms/fault'
import { Fields } from './fields.ts'

/** The fields of a YAML file of at most `lengthMax` characters. @throws Fault `config.invalid` that names the file */
export function fieldsOfFile(file: string, lengthMax: number): Fields {
  return new Fields(parsed(file, lengthMax), file, '', 'config.invalid')
}

function parsed(file: string, lengthMax: number): unknown {
  try {
    const content = readFileSync(file, 'utf8')
    if (content.length > lengthMax) throw new RangeError(`is longer than ${lengthMax} characters`)
    return parse(content, { strict: true, uniqueKeys: true, maxAliasCount: 0 })
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : 'unknown error'
    throw new Fault('config.invalid', `${file}: ${words}`, { cause })
  }
}
