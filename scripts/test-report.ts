import { existsSync, readFileSync } from 'node:fs'

/** How many tests ended how. */
export interface TestCounts {
  readonly passed: number
  readonly failed: number
}

/** The part of vitest's JSON report that is counted. */
interface Report {
  readonly success: boolean
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly status: string
    readonly assertionResults: readonly unknown[]
  }[]
}

/**
 * Counts a run from its report. A file that could not be loaded counts as one failed test, and so
 * does a run that failed without any: an error outside tests, or no report at all.
 */
export function countTests(reportFile: string, isPassed: boolean): TestCounts {
  if (!existsSync(reportFile)) return { passed: 0, failed: 1 }
  return countReport(JSON.parse(readFileSync(reportFile, 'utf8')), isPassed)
}

export function countReport(report: Report, isPassed: boolean): TestCounts {
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  const failed = report.numFailedTests + unloaded.length
  const isFaultElsewhere = failed === 0 && !(isPassed && report.success)
  return { passed: report.numPassedTests, failed: isFaultElsewhere ? 1 : failed }
}

export function addCounts(counts: readonly TestCounts[]): TestCounts {
  return counts.reduce(
    (sum, { passed, failed }) => ({ passed: sum.passed + passed, failed: sum.failed + failed }),
    { passed: 0, failed: 0 },
  )
}
