import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Column, csvOf } from '../../console/src/components/csv.ts'

interface Row {
  readonly name: string
  readonly count?: number
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'Name', of: ({ name }) => name },
  { title: 'Count', of: ({ count }) => count },
]

test('a table has a line of titles, and what is not told is an empty cell', () => {
  expect(csvOf(COLUMNS, [{ name: 'one', count: -3 }, { name: 'two' }])).toBe(
    'Name,Count\r\none,-3\r\ntwo,\r\n',
  )
})

test('commas, quotes and lines stay in their cell', () => {
  expect(csvOf(COLUMNS, [{ name: 'a, "b"\nc' }])).toBe('Name,Count\r\n"a, ""b""\nc",\r\n')
})

test('no words are taken for a formula', () => {
  fc.assert(
    fc.property(fc.constantFrom('=', '+', '-', '@', '\t', '\r'), fc.string(), (first, rest) => {
      const cell = csvOf(COLUMNS, [{ name: first + rest }]).slice('Name,Count\r\n'.length)
      expect(cell.replace(/^"/, '').startsWith(`'${first}`)).toBe(true)
    }),
  )
})
