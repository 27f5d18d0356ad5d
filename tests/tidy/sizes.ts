/** Sizes: the ceilings on files, functions and lines. */
import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { sourceFiles } from './tracked.ts'

const FILE_LINES_MAX = 300
const FUNCTION_LINES_MAX = 60
/** The formatter keeps code to 110; a comment or a template may stand out a little. */
const LINE_CHARACTERS_MAX = 130

export function checkSizes(): readonly string[] {
  return sourceFiles().flatMap((file) => {
    const text = readFileSync(file, 'utf8')
    const lines = text.split('\n')
    const wrong: string[] = []
    if (lines.length - 1 > FILE_LINES_MAX)
      wrong.push(`${file}: ${lines.length - 1} lines, at most ${FILE_LINES_MAX}`)
    for (const [at, line] of lines.entries()) {
      if (line.length > LINE_CHARACTERS_MAX)
        wrong.push(`${file}:${at + 1}: ${line.length} characters in a line`)
    }
    return [...wrong, ...longFunctions(file, text)]
  })
}

function longFunctions(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line + 1
  const long: string[] = []
  const visit = (node: ts.Node): void => {
    // A test suite's outer function is a list of tests, not a function to be read at one go.
    if (ts.isFunctionLike(node) && !isSuite(node)) {
      const length = lineOf(node.end) - lineOf(node.getStart()) + 1
      if (length > FUNCTION_LINES_MAX)
        long.push(`${file}:${lineOf(node.getStart())}: a function of ${length} lines`)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return long
}

function isSuite(node: ts.Node): boolean {
  const call = node.parent
  return call && ts.isCallExpression(call) && /^describe\b/.test(call.expression.getText())
}
