/*
 * What .ci/run does once the packages are installed: all tests as the README says, then the checks,
 * then the offline tests on the other lines of Node. Goes on after a failure, so that one run shows
 * every fault. The last line counts tests; a failed check counts as one more.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { matrixReport, NODE_LINES, runMatrix } from './node-matrix.ts'
import { PACKAGE_STEPS, runStep, SOURCE_STEPS, type Step, summary } from './steps.ts'
import { addCounts, countTests } from './test-report.ts'

const REPORTS = join('.cache', 'reports')
const ALL_TESTS = join(REPORTS, 'all.json')

const readmeTests: Step = {
  name: 'npm test',
  command: 'npm',
  args: [
    ...['test', '--', '--reporter=default', '--reporter=json'],
    `--outputFile.json=${ALL_TESTS}`,
  ],
}

rmSync(REPORTS, { recursive: true, force: true })
const tests = runStep(readmeTests)
const checks = [...SOURCE_STEPS, ...PACKAGE_STEPS].map(runStep)
const matrix = runMatrix()

const failedChecks = checks.filter(({ isPassed }) => !isPassed).length
const counted = addCounts([
  countTests(ALL_TESTS, tests.isPassed),
  ...NODE_LINES.map((line, index) =>
    countTests(matrixReport(line), matrix[index]?.isPassed === true),
  ),
])
const passed = counted.passed
const failed = counted.failed + failedChecks

console.log(`\n${summary([tests, ...checks, ...matrix])}\n`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
