/** Words: names and phrases that this project does not use. */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import ts from 'typescript'
import { sourceFiles, trackedFiles } from './tracked.ts'

/** A name with one of these in it says nothing of what the thing does. */
const EMPTY_NAMES =
  /(^|[a-z])(Manager|Helper|Utils?|Common|Misc|Handler)(?![a-z])|^(manager|helper|utils?|common|misc|handle|process)(?![a-z])/

/** The field's word is *child sexual abuse material*; these hurt those who are shown (written apart, to pass here). */
const HURTFUL = [
  ['child', 'porn'],
  ['kiddie', ''],
  ['underage', 'sex'],
  ['child', 'erotica'],
].map(([first, second]) => new RegExp(`${first}[ -]?${second}`, 'i'))

const TEXT = /\.(ts|js|cjs|mjs|md|json|ya?ml|html|css|txt)$/

export function checkWords(): readonly string[] {
  const texts = trackedFiles().filter((file) => TEXT.test(file) && file !== 'package-lock.json')
  return [...texts.flatMap(hurtfulPhrases), ...sourceFiles().flatMap(emptyNames)]
}

function hurtfulPhrases(file: string): string[] {
  if (file === 'tests/tidy/words.ts') return []
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.flatMap((line, at) =>
    HURTFUL.some((phrase) => phrase.test(line)) ? [`${file}:${at + 1}: a phrase that is not used here`] : [],
  )
}

function emptyNames(file: string): string[] {
  const wrong = EMPTY_NAMES.test(basename(file).replace(/\..*/, ''))
    ? [`${file}: a name that says nothing`]
    : []
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
  const visit = (node: ts.Node): void => {
    if (isNamed(node) && node.name && ts.isIdentifier(node.name) && EMPTY_NAMES.test(node.name.text)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart())
      wrong.push(`${file}:${line + 1}: the name ${node.name.text} says nothing`)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return wrong
}

function isNamed(
  node: ts.Node,
): node is ts.FunctionDeclaration | ts.ClassDeclaration | ts.InterfaceDeclaration {
  return ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)
}
