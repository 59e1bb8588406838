import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT, snippetsOf } from './snippets.ts'
import { tableBelow, withoutTicks } from './tables.ts'

test('the quick start of the README is the example, but for where the package lies', () => {
  const example = readFileSync(join(ROOT, 'examples/quick-start.ts'), 'utf8')

  expect(snippetsOf('README.md')[0]?.code).toBe(example.replace("'../src/index.ts'", "'cachetier'"))
})

test('the README lists every door of the package, and no other', () => {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const doors = Object.keys(exports).filter((door) => !door.endsWith('.json'))

  const listed = tableBelow('README.md', 'Doors').map(([cell = '']) => withoutTicks(cell))
  expect(listed).toEqual(doors.map((door) => door.replace('.', 'cachetier')))
})
