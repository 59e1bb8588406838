import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { ROOT } from './snippets.ts'

/** The rows of the first table below a heading: cells as they are written, without the header. */
export function tableBelow(page: string, heading: string): readonly (readonly string[])[] {
  const text = readFileSync(join(ROOT, page), 'utf8')
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))
  if (section === undefined) throw new Error(`${page} has no heading '${heading}'.`)
  const rows = section.match(/^\|.*\|$/gm) ?? []
  return rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )
}

export function withoutTicks(cell: string): string {
  return cell.replace(/^`(.*)`$/, '$1')
}

/** Properties of an interface by name, each with the text of its `@default` tag or '–'. */
export function defaultsOf(file: string, name: string): Readonly<Record<string, string>> {
  const source = parse(file)
  const found: Record<string, string> = {}
  const visit = (node: ts.Node): void => {
    if (ts.isInterfaceDeclaration(node) && node.name.text === name) {
      for (const member of node.members) Object.assign(found, defaultOf(member))
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function defaultOf(member: ts.TypeElement): Readonly<Record<string, string>> {
  if (!ts.isPropertySignature(member)) return {}
  const tags = ts.getJSDocTags(member)
  if (tags.some(({ tagName }) => tagName.text === 'internal')) return {}
  const tag = tags.find(({ tagName }) => tagName.text === 'default')
  const text = tag
    ?.getText()
    .replace(/^@default\s*/, '')
    .replace(/[\s*]+$/, '')
  return { [member.name.getText()]: text ?? '–' }
}

/** Every string literal of a source file, and the beginnings of the regular expressions in it. */
export function literalsOf(file: string): readonly string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node)) found.push(node.text)
    if (ts.isRegularExpressionLiteral(node)) found.push(node.text)
    ts.forEachChild(node, visit)
  }
  visit(parse(file))
  return found
}

function parse(file: string): ts.SourceFile {
  const text = readFileSync(join(ROOT, file), 'utf8')
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
}
