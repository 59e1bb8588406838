/*
 * What a user gets: packs the package, installs it with install scripts blocked into an empty
 * project, and opens every door from there. Needs a build.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Nothing else may reach users. */
const ALLOWED = /^(dist\/.+\.(js|d\.ts)(\.map)?|package\.json|README\.md|LICENSE)$/

interface Packed {
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

function main(folder: string): void {
  const [packed] = JSON.parse(npm(['pack', '--json', '--pack-destination', folder])) as Packed[]
  if (packed === undefined) throw new Error('npm pack made nothing.')
  const strangers = packed.files.map(({ path }) => path).filter((path) => !ALLOWED.test(path))
  if (strangers.length > 0) throw new Error(`Files that must not ship: ${strangers.join(', ')}`)

  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  npm(['install', `./${packed.filename}`, '--ignore-scripts', '--no-audit', '--no-fund'], folder)
  for (const door of doors()) console.log(`${door}: ${namesOf(door, folder)}`)
}

function doors(): string[] {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8'))
  return Object.keys(exports)
    .filter((door) => !door.endsWith('.json'))
    .map((door) => door.replace('.', 'cachetier'))
}

/** Imported by another Node process, as a user's program would. */
function namesOf(door: string, cwd: string): string {
  const program = `console.log(Object.keys(await import('${door}')).join(' '))`
  const args = ['--input-type=module', '--eval', program]
  return execFileSync(process.execPath, args, { cwd, encoding: 'utf8' }).trim()
}

function npm(args: readonly string[], cwd: string = process.cwd()): string {
  const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit']
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio })
}

const folder = mkdtempSync(join(tmpdir(), 'cachetier-smoke-'))
try {
  main(folder)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
