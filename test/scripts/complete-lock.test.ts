import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { missingOptionals, platformOf } from '../../scripts/complete-lock.ts'

test('the lock names every optional package: else `npm ci` refuses it', () => {
  const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'))

  expect(
    Object.keys(missingOptionals(lock.packages)),
    'Type: npx tsx scripts/complete-lock.ts',
  ).toEqual([])
})

test('adds what a package may want on other systems', () => {
  const packages = {
    'node_modules/tool': {
      version: '2.0.0',
      dev: true,
      optionalDependencies: { '@tool/linux-x64': '2.0.0', '@tool/darwin-arm64': '2.0.0' },
    },
    'node_modules/tool/node_modules/@tool/linux-x64': { version: '2.0.0' },
  }

  expect(missingOptionals(packages)).toEqual({
    'node_modules/@tool/darwin-arm64': {
      version: '2.0.0',
      os: ['darwin'],
      cpu: ['arm64'],
      dev: true,
      optional: true,
    },
  })
})

test.each([
  ['fsevents', { os: ['darwin'] }],
  ['@esbuild/win32-ia32', { os: ['win32'], cpu: ['ia32'] }],
  ['@a/b-linux-x64-musl', { os: ['linux'], cpu: ['x64'], libc: ['musl'] }],
  ['@a/b-linux-arm-gnueabihf', { os: ['linux'], cpu: ['arm'], libc: ['glibc'] }],
  ['@a/b-wasm32-wasi', { cpu: ['wasm32'] }],
  ['plain', {}],
])('reads the systems of %s from its name', (name, platform) => {
  expect(platformOf(name)).toEqual(platform)
})
