import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { pages, ROOT } from './snippets.ts'

const LINK = /\[[^\]]*\]\(([^)\s]+)\)/g

test.each(pages())('every link of %s that stays here leads somewhere', (page) => {
  const targets = [...linesWithoutCode(page).matchAll(LINK)].map(([, target = '']) => target)
  const local = targets.filter((target) => !target.startsWith('http'))

  expect(local.filter((target) => !leadsSomewhere(page, target))).toEqual([])
})

function leadsSomewhere(page: string, target: string): boolean {
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? page : join(dirname(page), path)
  if (!existsSync(join(ROOT, file))) return false
  if (anchor === undefined || statSync(join(ROOT, file)).isDirectory()) return true
  return anchorsOf(file).includes(anchor)
}

/** As GitHub makes them: small letters, no punctuation, hyphens for spaces. */
function anchorsOf(page: string): string[] {
  const headings = [...linesWithoutCode(page).matchAll(/^#+ (.*)$/gm)].map(([, text = '']) => text)
  return headings.map((text) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  )
}

function linesWithoutCode(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8').replaceAll(/^ *```[\s\S]*?^ *```/gm, '')
}
