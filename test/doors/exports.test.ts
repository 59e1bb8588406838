import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
const doors = Object.entries<Record<string, string>>(manifest.exports).filter(
  ([, target]) => typeof target === 'object',
)

/** `./dist/memory/index.js` is built from `src/memory/index.ts`. */
function sourceOf(target: Record<string, string>): string {
  const built = target.default ?? ''
  return join(ROOT, built.replace('./dist/', 'src/').replace(/\.js$/, '.ts'))
}

// That every door leads somewhere is for publint to say, once it is built.
const built = doors.filter(([, target]) => existsSync(sourceOf(target)))

test.each(built)('the door %s opens on what it always did', async (door, target) => {
  const names = Object.keys(await import(/* @vite-ignore */ sourceOf(target))).sort()

  expect(
    names,
    `What ${door} exports is a promise: update the snapshot if it shall change.`,
  ).toMatchSnapshot()
})

test.each(doors)('the door %s has its types beside its code', (_door, target) => {
  expect(target.types).toBe(target.default?.replace(/\.js$/, '.d.ts'))
})

test('what users install runs no script', () => {
  const hooks = ['preinstall', 'install', 'postinstall', 'prepare']

  expect(hooks.filter((hook) => hook in manifest.scripts)).toEqual([])
})
