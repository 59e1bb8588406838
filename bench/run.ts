/*
 * Runs the benchmarks, each in a process of its own, and writes `bench/results/<name>.json`.
 *
 *     npm run bench                         all of them
 *     npm run bench -- l1 l2                some
 *     npm run bench -- --quick --no-peers   fewer rounds, without other libraries
 */
import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { benchmarks } from './benchmarks.ts'
import { build, installPeers } from './harness/build.ts'
import { isPinned } from './harness/cores.ts'
import { type Finding, judgeFinding, type Result } from './harness/finding.ts'
import { readSelection } from './harness/selection.ts'
import { formatMissed, formatTable } from './harness/table.ts'

/** Where a figure comes from. */
interface Origin {
  readonly node: string
  readonly cpu: string
  readonly commit: string
  readonly date: string
}

const ROOT = new URL('../', import.meta.url)
const RESULTS = new URL('results/', import.meta.url)

async function main(): Promise<void> {
  const words = process.argv.slice(2)
  const { names, withPeers } = readSelection(words, Object.keys(benchmarks))
  const folder = build()
  if (withPeers) installPeers()
  if (!isPinned) console.error('no `taskset`: processes are not kept on cores, figures vary more')
  const options = words.filter((word) => word.startsWith('-'))
  const all: Result[] = []
  for (const name of names) {
    console.error(`${name}: ${benchmarks[name]?.measures}`)
    const results = (await runOne(folder, name, options)).map(judgeFinding)
    save(name, results)
    console.log(`${formatTable(results)}\n`)
    all.push(...results)
  }
  console.log(formatMissed(all))
}

async function runOne(
  folder: string,
  name: string,
  options: readonly string[],
): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const child = fork(`${folder}start.js`, [name, ...options], {
    cwd: ROOT,
    execArgv: [],
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  child.on('message', (finding) => findings.push(finding as Finding))
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`The benchmark ${name} failed with exit code ${code}.`)
  return findings
}

function save(name: string, results: readonly Result[]): void {
  mkdirSync(RESULTS, { recursive: true })
  const from = origin()
  const lines = results.map((result) => `${JSON.stringify({ ...result, ...from })}\n`)
  writeFileSync(new URL(`${name}.json`, RESULTS), lines.join(''))
}

function origin(): Origin {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim()
  const isDirty = git('status', '--porcelain', '--untracked-files=no', 'src') !== ''
  return {
    node: process.version,
    cpu: `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}`,
    commit: `${git('rev-parse', '--short', 'HEAD')}${isDirty ? '+' : ''}`,
    date: new Date().toISOString(),
  }
}

await main()
