/*
 * A default is written once, in a `…DEFAULTS` object, and told to readers in a `@default` tag of the
 * same file. Both are read as source text here, so that '5m' is compared as '5m'.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { ROOT } from './snippets.ts'

type Texts = Readonly<Record<string, string>>

interface Claims {
  readonly written: Texts
  readonly told: Texts
}

const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, ...claimsOf(readFileSync(join(ROOT, 'src', name), 'utf8')) }))
  .filter(({ written }) => Object.keys(written).length > 0)

test.each(files)('$name tells the defaults that it applies', ({ written, told }) => {
  const optional = Object.entries(told).filter(([name]) => name in written)

  expect(Object.fromEntries(optional)).toEqual(written)
})

test('reads what is written and what is told', () => {
  const source = `
    export interface Options {
      /** How long. @default '5m' */
      readonly ttl?: string
      /**
       * How many.
       *
       * @default 10_000
       */
      readonly count?: number
      /** @default the params themselves */
      readonly key?: string
    }
    const DEFAULTS = { ttl: '5m', count: 10_000 } as const`

  expect(claimsOf(source)).toEqual({
    written: { ttl: "'5m'", count: '10_000' },
    told: { ttl: "'5m'", count: '10_000', key: 'the params themselves' },
  })
})

function claimsOf(text: string): Claims {
  const source = ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true)
  const written: Record<string, string> = {}
  const told: Record<string, string> = {}
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node)) Object.assign(written, defaultsIn(node))
    if (ts.isPropertySignature(node)) Object.assign(told, tagOf(node))
    ts.forEachChild(node, visit)
  }
  visit(source)
  return { written, told }
}

function defaultsIn({ name, initializer }: ts.VariableDeclaration): Texts {
  if (!ts.isIdentifier(name) || !name.text.endsWith('DEFAULTS')) return {}
  const value = initializer && ts.isAsExpression(initializer) ? initializer.expression : initializer
  if (value === undefined || !ts.isObjectLiteralExpression(value)) return {}
  const properties = value.properties.filter(ts.isPropertyAssignment)
  return Object.fromEntries(
    properties.map((property) => [property.name.getText(), withoutCasts(property.initializer)]),
  )
}

function withoutCasts(value: ts.Expression): string {
  return value.getText().replaceAll(/ as [\w.]+/g, '')
}

function tagOf(property: ts.PropertySignature): Texts {
  const tag = ts.getJSDocTags(property).find(({ tagName }) => tagName.text === 'default')
  if (tag === undefined) return {}
  // The parser reads 10_000 and {} as other things than text: take what is written after the tag.
  const written = tag
    .getText()
    .replace(/^@default\s*/, '')
    .replace(/[\s*]+$/, '')
  return { [property.name.getText()]: written }
}
