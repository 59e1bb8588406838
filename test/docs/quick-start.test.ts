import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT, snippetsOf } from './snippets.ts'

test('the quick start of the README is the example, but for where the package lies', () => {
  const example = readFileSync(join(ROOT, 'examples/quick-start.ts'), 'utf8')

  expect(snippetsOf('README.md')[0]?.code).toBe(example.replace("'../src/index.ts'", "'cachetier'"))
})
