import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from './snippets.ts'

const source = readFileSync(join(ROOT, 'src/base/errors.ts'), 'utf8')
const codes = [...source.matchAll(/^ {2}\| '(ERR_\w+)'$/gm)].map(([, code]) => code)
const documented = [...source.matchAll(/^ {2}\/\*\* .+ \*\/\n {2}\| '(ERR_\w+)'$/gm)]

test('every error code is told in one sentence where it is declared', () => {
  expect(codes.length).toBeGreaterThan(0)
  expect(documented.map(([, code]) => code)).toEqual(codes)
})

test('error codes are in order, each once', () => {
  expect(codes).toEqual([...new Set(codes)].sort())
})

const pages = ['docs/errors.md'].filter((page) => existsSync(join(ROOT, page)))

test.each(pages)('%s has a heading for each error code, and no other', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8')
  const headings = [...text.matchAll(/^## `?(ERR_\w+)`?$/gm)].map(([, code]) => code)

  expect(headings.sort()).toEqual(codes)
})
