import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withExpectations } from './expectations.ts'
import { extract, pages, ROOT, snippetsOf } from './snippets.ts'
import { typeErrors } from './type-check.ts'

const PAGE = `# A page

\`\`\`ts
const text: string = 'a'
text // => 'a'
\`\`\`

- in a list

  \`\`\`ts
  import { readFile } from 'node:fs/promises'
  const wrong: number = await readFile('a')
  \`\`\`

\`\`\`ts no-check
anything at all
\`\`\`
`

test('every example of README and docs has the types it claims', { timeout: 60_000 }, () => {
  expect(typeErrors(pages().flatMap((page) => snippetsOf(page)))).toEqual([])
})

test('the README has examples', () => {
  const hasReadme = existsSync(join(ROOT, 'README.md'))

  expect(hasReadme ? snippetsOf('README.md').length : 1).toBeGreaterThan(0)
})

test('finds examples, their places and whether they run', () => {
  expect(extract('page.md', PAGE)).toEqual([
    { place: 'page.md:4', code: "const text: string = 'a'\ntext // => 'a'\n", isRun: true },
    { place: 'page.md:11', code: expect.stringMatching(/^import .*\nconst .*\n$/), isRun: false },
  ])
})

test('says where an example is wrong', { timeout: 60_000 }, () => {
  expect(typeErrors(extract('page.md', PAGE))).toEqual([
    expect.stringMatching(/^page\.md:11 \(line 2 of the example\): Type 'NonSharedBuffer|Buffer/),
  ])
})

test('turns marked lines into comparisons', () => {
  const code = [
    "await users.get('1') // => { name: 'Ada' }",
    'const size: number = list.length // => 1',
    '  size + 1 // => 2',
    'size + 2 // not shown',
  ]

  expect(withExpectations(code.join('\n')).split('\n')).toEqual([
    `shows(1, await users.get('1'), "{ name: 'Ada' }")`,
    'const size: number = list.length; shows(2, size, "1")',
    '  shows(3, size + 1, "2")',
    'size + 2 // not shown',
  ])
})
