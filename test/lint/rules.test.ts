/*
 * Proves that the linter's own rules of this repository are switched on: it lints probe files that
 * break them, under a copy of the configuration, and expects each complaint where it belongs.
 */
import { execFile } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Which folders of src/ a folder may import from, types included. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  store: ['base'],
  memory: ['base', 'store'],
  redis: ['base', 'store'],
  rest: ['base', 'store'],
  cache: ['base', 'store'],
  write: ['base', 'store', 'redis', 'cache'],
  http: ['base', 'store'],
  limit: ['base', 'store', 'redis'],
  monitor: ['base', 'store', 'cache'],
  dashboard: ['monitor'],
  proxy: ['http', 'cache', 'memory', 'redis', 'monitor'],
  cli: [
    ...['base', 'store', 'memory', 'redis', 'rest', 'cache', 'write', 'http', 'limit', 'monitor'],
    ...['dashboard', 'proxy'],
  ],
  adapters: ['cache', 'http', 'limit', 'monitor'],
  testing: ['base', 'store'],
}
const LAYERS = Object.keys(MAY_IMPORT)

const HIDDEN_CLOCKS = [
  'Date.now()',
  'new Date()',
  'Date()',
  'Math.random()',
  'performance.now()',
  'setTimeout(run, 1)',
  'setInterval(run, 1)',
  'setImmediate(run)',
  'globalThis.setTimeout(run, 1)',
  'process.hrtime.bigint()',
  'process.uptime()',
  'AbortSignal.timeout(1)',
]
const HONEST = ['new Date(5)', 'Math.max(1, 2)', 'Date.UTC(2026)', 'AbortSignal.abort()']

interface Complaint {
  readonly rule: string
  readonly file: string
  readonly line: number
}

let folder: string
let complaints: readonly Complaint[]

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'cachetier-lint-')))
  for (const path of ['biome.json', 'scripts/lint', '.gitignore']) {
    cpSync(join(ROOT, path), join(folder, path), { recursive: true })
  }
  for (const layer of LAYERS) {
    const value = LAYERS.map((other) => `export * from '../${other}/other.ts'`)
    const types = LAYERS.map((other) => `export type * from '../../src/${other}/other.ts'`)
    write(`src/${layer}/probe.ts`, [...value, ...types])
    write(`src/${layer}/client.ts`, ["export { Redis } from 'ioredis'"])
    write(`src/${layer}/timers.ts`, ["export { setTimeout } from 'node:timers/promises'"])
    write(`src/${layer}/clock.ts`, calls([...HIDDEN_CLOCKS, ...HONEST]))
  }
  write('src/base/socket.ts', ["export { connect } from 'node:net'"])
  write('src/cache/one.ts', ["import type { B } from './two.ts'", 'export type A = B | 1'])
  write('src/cache/two.ts', ["import type { A } from './one.ts'", 'export type B = A | 2'])
  write('src/cache/floating.ts', ['export async function work(): Promise<void> {}', 'work()'])
  complaints = await lint()
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each(LAYERS)('src/%s', (layer) => {
  test('imports down only, types included', () => {
    const forbidden = LAYERS.filter((other) => other !== layer && !mayImport(layer, other))

    const refused = linesOf(/noRestrictedImports/, `src/${layer}/probe.ts`)

    const names = refused.map((line) => LAYERS[(line - 1) % LAYERS.length])
    expect(names).toEqual([...forbidden, ...forbidden])
  })

  test('takes its time, its chance and its timers from a clock', () => {
    const refused = linesOf(/noRestrictedGlobals|plugin/, `src/${layer}/clock.ts`)

    const expected = layer === 'base' ? [] : HIDDEN_CLOCKS.map((_, index) => index + 1)
    expect(refused).toEqual(expected)
    expect(linesOf(/noRestrictedImports/, `src/${layer}/timers.ts`)).toEqual([1])
  })

  test('knows of a Redis client only where one belongs', () => {
    const mayUse = ['redis', 'cli', 'proxy'].includes(layer)

    expect(linesOf(/noRestrictedImports/, `src/${layer}/client.ts`)).toEqual(mayUse ? [] : [1])
  })
})

test('base does no I/O', () => {
  expect(linesOf(/noRestrictedImports/, 'src/base/socket.ts')).toEqual([1])
})

test('imports of types alone make a circle too', () => {
  expect(linesOf(/noImportCycles/, 'src/cache/one.ts')).toEqual([1])
})

test('no promise is left to itself unless `void` says so', () => {
  expect(linesOf(/noFloatingPromises/, 'src/cache/floating.ts')).toEqual([2])
})

test('every folder of src has its walls', () => {
  const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)

  expect(LAYERS).toEqual(expect.arrayContaining(folders))
})

function mayImport(layer: string, other: string): boolean {
  return MAY_IMPORT[layer]?.includes(other) === true
}

function calls(expressions: readonly string[]): string[] {
  return expressions.map((call, index) => `export const a${index}: unknown = ${call}`)
}

function write(path: string, lines: readonly string[]): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), `${lines.join('\n')}\n`)
}

function linesOf(rule: RegExp, file: string): number[] {
  const found = complaints.filter((one) => rule.test(one.rule) && one.file === file)
  return [...new Set(found.map(({ line }) => line))].sort((a, b) => a - b)
}

/** One `::error title=<rule>,file=<file>,line=<n>,…` a complaint. */
const REPORT = /^::\w+ title=([^,]+),file=([^,]+),line=(\d+),/gm

async function lint(): Promise<Complaint[]> {
  const biome = join(ROOT, 'node_modules/.bin/biome')
  const report = await new Promise<string>((resolve) => {
    const args = ['lint', '--reporter=github', '--max-diagnostics=none', 'src']
    const options = { cwd: folder, maxBuffer: 64_000_000 }
    execFile(biome, args, options, (_error, stdout) => resolve(stdout))
  })
  return [...report.matchAll(REPORT)].map(([, rule = '', file = '', line]) => ({
    rule,
    file: relative(folder, file),
    line: Number(line),
  }))
}
