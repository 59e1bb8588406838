import { spawnSync } from 'node:child_process'

/** One command of a longer run. */
export interface Step {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
}

export interface StepResult {
  readonly name: string
  readonly isPassed: boolean
  readonly seconds: number
}

export function npmRun(script: string, ...args: readonly string[]): Step {
  const rest = args.length > 0 ? ['--', ...args] : []
  return { name: `npm run ${script}`, command: 'npm', args: ['run', '--silent', script, ...rest] }
}

export function npx(name: string, ...args: readonly string[]): Step {
  return { name, command: 'npx', args: ['--no-install', ...args] }
}

/** Runs it to its end, whatever comes out; nothing is read from standard input. */
export function runStep({ name, command, args }: Step): StepResult {
  console.log(`\n== ${name}`)
  const start = performance.now()
  const { status } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  const seconds = (performance.now() - start) / 1_000
  const isPassed = status === 0
  console.log(`== ${name}: ${isPassed ? 'passed' : 'FAILED'} after ${seconds.toFixed(1)} s`)
  return { name, isPassed, seconds }
}

/** A line for each step, failed ones in capitals. */
export function summary(results: readonly StepResult[]): string {
  return results
    .map(({ name, isPassed, seconds }) => {
      return `${isPassed ? 'passed' : 'FAILED'} ${seconds.toFixed(1).padStart(6)} s  ${name}`
    })
    .join('\n')
}

/** What tells whether the package that would be published is in order. Needs a build. */
export const PACKAGE_STEPS: readonly Step[] = [
  npmRun('build'),
  npx('publint', 'publint', '--strict'),
  npx('attw', 'attw', '--pack', '--profile', 'esm-only', '.'),
  npx('install and open every door', 'tsx', 'scripts/smoke.ts'),
  npx('knip', 'knip'),
  npx('typedoc', 'typedoc', '--emit', 'none'),
]

export const SOURCE_STEPS: readonly Step[] = [npmRun('lint'), npmRun('typecheck')]
