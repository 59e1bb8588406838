import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { removeAtExit } from '../support/children.ts'

/** A fenced `ts` block of a page. */
export interface Snippet {
  /** `README.md:12`, the line of its first line of code. */
  readonly place: string
  readonly code: string
  /** Lines that end in `// => value`: what they show is compared. */
  readonly isRun: boolean
}

export const ROOT: string = new URL('../../', import.meta.url).pathname

/** A new folder inside the repository, so that examples find the packages they import. */
export function exampleFolder(): string {
  mkdirSync(join(ROOT, '.cache'), { recursive: true })
  const folder = mkdtempSync(join(ROOT, '.cache', 'examples-'))
  removeAtExit(folder)
  return folder
}

/** Pages whose examples are held to the source: README.md and docs, the generated reference not. */
export function pages(root: string = ROOT): string[] {
  const top = readdirSync(root)
  const docs = top.includes('docs') ? filesBelow(join(root, 'docs')) : []
  const chosen = docs.filter((name) => name.endsWith('.md') && !name.startsWith('reference'))
  const readme = top.filter((name) => name === 'README.md')
  return [...readme, ...chosen.sort().map((name) => join('docs', name))]
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
}

export function snippetsOf(page: string, root: string = ROOT): Snippet[] {
  return extract(relative(root, join(root, page)), readFileSync(join(root, page), 'utf8'))
}

/** A block opened as ```` ```ts no-check ```` is an outline, not an example. */
const FENCE = /^( *)```ts *$\n([\s\S]*?)^ *``` *$/gm
const SHOWN = /\/\/ => /

export function extract(page: string, markdown: string): Snippet[] {
  return [...markdown.matchAll(FENCE)].map((match) => {
    const [, indent = '', body = ''] = match
    const line = markdown.slice(0, match.index).split('\n').length + 1
    const code = body.replaceAll(new RegExp(`^${indent}`, 'gm'), '')
    return { place: `${page}:${line}`, code, isRun: SHOWN.test(code) }
  })
}
