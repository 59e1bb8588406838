/* Figures on the pages come from a file of results, not from a keyboard. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from './snippets.ts'

const FILE = join(ROOT, 'bench/results/hitrate.json')
const files = [FILE].filter((file) => existsSync(file))

test.each(files)('the hit rates on the pages are those of %s', (file) => {
  const means = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ name }) => name.startsWith('mean hit rate'))
  const page = readFileSync(join(ROOT, 'docs/memory.md'), 'utf8')

  const figures = means.flatMap(({ value, reference }) => [value, reference])
  expect(
    figures.map((figure) => `${figure.toFixed(1)} %`).filter((text) => !page.includes(text)),
  ).toEqual([])
})
