/*
 * Runs the offline tests on the other supported lines of Node. Each comes from npm once, as the
 * package that carries the binary for this system (no install script is needed), and stays in
 * .cache; after that it works without a network.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runStep, type Step, type StepResult, summary } from './steps.ts'

export const NODE_LINES: readonly number[] = [22, 24]

/** Where a run leaves its report for scripts/ci.ts to count. */
export function matrixReport(line: number): string {
  return join('.cache', 'reports', `unit-node-${line}.json`)
}

export function runMatrix(): StepResult[] {
  return NODE_LINES.map((line) => {
    const binary = nodeBinary(line)
    return runStep(unitTests(line, binary))
  })
}

function unitTests(line: number, binary: string): Step {
  return {
    name: `unit tests on Node ${line}`,
    command: binary,
    args: [
      ...['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit'],
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${matrixReport(line)}`],
    ],
  }
}

function nodeBinary(line: number): string {
  const carrier = `node-${process.platform}-${process.arch}`
  const folder = join('.cache', `node-${line}`)
  const binary = join(folder, 'node_modules', carrier, 'bin', 'node')
  if (!existsSync(binary)) fetchNode(`${carrier}@${line}`, folder)
  const { stdout } = spawnSync(binary, ['--version'], { encoding: 'utf8' })
  console.log(`\nNode ${line}: ${binary} is ${String(stdout).trim()}`)
  return binary
}

function fetchNode(spec: string, folder: string): void {
  console.log(`\nFetching ${spec} from npm into ${folder}, once.`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const args = ['install', spec, '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts']
  spawnSync('npm', args, { stdio: ['ignore', 'inherit', 'inherit'] })
}

if (process.argv[1]?.endsWith('node-matrix.ts')) {
  const results = runMatrix()
  console.log(`\n${summary(results)}`)
  process.exitCode = results.every(({ isPassed }) => isPassed) ? 0 : 1
}
