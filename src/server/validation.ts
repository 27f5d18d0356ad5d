/** Validation: how it is told what is wrong with the form of a request: which field, by its JSON pointer, and what it must be. */
import type { FastifySchemaValidationError } from 'fastify'
import { Fault } from '#terms/fault'

/** Ways out that are told where a field may have several forms. */
const WAYS_MAX = 4
/** Of a field's name that nobody knows. */
const NAME_CHARACTERS_MAX = 64

/** Where a part of a request is, as it is told. */
const PARTS: Readonly<Record<string, string>> = { querystring: 'query', params: 'path' }

/**
 * What is wrong with the form of a request, as `body/pdq/0/quality must be an integer`. Values are not repeated.
 *
 * Of a field that may have several forms the errors of each are given: the deepest ones say most.
 *
 * @param part `body`, `querystring`, `params` or `headers`
 */
export function validationFault(errors: readonly FastifySchemaValidationError[], part: string): Fault {
  const own = errors.filter(({ keyword }) => keyword !== 'anyOf' && keyword !== 'oneOf')
  const told = own.length > 0 ? own : errors
  const depth = Math.max(...told.map(depthOf))
  const ways = [
    ...new Set(told.filter((error) => depthOf(error) === depth).map((error) => wordsOf(error, part))),
  ]
  return new Fault('request.invalid', joined(ways.slice(0, WAYS_MAX)))
}

/** Ways to mend the same field name it once. */
function joined(ways: readonly string[]): string {
  const [first = 'the request is not valid', ...more] = ways
  const field = first.slice(0, first.indexOf(' '))
  return [
    first,
    ...more.map((way) => (way.startsWith(`${field} must `) ? way.slice(field.length + 6) : way)),
  ].join(' or ')
}

function depthOf({ instancePath }: FastifySchemaValidationError): number {
  return instancePath.split('/').length
}

function wordsOf(
  { keyword, instancePath, params, message }: FastifySchemaValidationError,
  part: string,
): string {
  const at = `${PARTS[part] ?? part}${instancePath}`
  switch (keyword) {
    case 'required':
      return `${at}/${params['missingProperty']} is missing`
    case 'additionalProperties':
      return `${at}/${nameOf(params['additionalProperty'])} is not known here`
    case 'type':
      return `${at} must be ${typeWords(params['type'])}`
    case 'enum':
      return `${at} must be one of ${[params['allowedValues']].flat().join(', ')}`
    case 'const':
      return `${at} must be ${String(params['allowedValue'])}`
    case 'pattern':
      return `${at} must ${patternWords(String(params['pattern']))}`
    case 'minimum':
    case 'minLength':
    case 'minItems':
      return `${at} must ${boundWords(keyword, 'at least')} ${params['limit']}${unitOf(keyword)}`
    case 'maximum':
    case 'maxLength':
    case 'maxItems':
      return `${at} must ${boundWords(keyword, 'at most')} ${params['limit']}${unitOf(keyword)}`
    default:
      return `${at} ${message ?? 'is not valid'}`
  }
}

/** A name that the sender gave, cut short and without what no name has. */
function nameOf(untrusted: unknown): string {
  const name = String(untrusted).replace(/[^\w.-]/gu, '?')
  return name.length > NAME_CHARACTERS_MAX ? `${name.slice(0, NAME_CHARACTERS_MAX)}…` : name
}

function typeWords(type: unknown): string {
  const words = [type].flat().map((one) => {
    if (one === 'null') return 'null'
    return /^[aeiou]/.test(String(one)) ? `an ${one}` : `a ${one}`
  })
  return words.join(' or ')
}

function patternWords(pattern: string): string {
  const digits = /^\^\[[0-9A-Fa-f-]+\]\{(\d+)\}\$$/.exec(pattern)?.[1]
  return digits === undefined ? `match ${pattern}` : `have ${digits} hexadecimal digits`
}

function boundWords(keyword: string, words: string): string {
  return `${keyword.endsWith('imum') ? 'be' : 'have'} ${words}`
}

function unitOf(keyword: string): string {
  if (keyword.endsWith('Items')) return ' items'
  return keyword.endsWith('Length') ? ' characters' : ''
}
