import { expect, test } from 'vitest'
import { addCounts, countReport, countTests } from '../../scripts/test-report.ts'

const passing = { success: true, numPassedTests: 3, numFailedTests: 0, testResults: [] }
const failing = { ...passing, success: false, numFailedTests: 2 }

test('counts passed and failed tests', () => {
  expect(countReport(passing, true)).toEqual({ passed: 3, failed: 0 })
  expect(countReport(failing, false)).toEqual({ passed: 3, failed: 2 })
})

test('counts a file that cannot be loaded as one failed test', () => {
  const testResults = [{ status: 'failed', assertionResults: [] }]

  expect(countReport({ ...failing, testResults }, false)).toEqual({ passed: 3, failed: 3 })
})

test('counts a fault outside tests, and a run without a report', () => {
  expect(countReport(passing, false)).toEqual({ passed: 3, failed: 1 })
  expect(countReport({ ...passing, success: false }, false)).toEqual({ passed: 3, failed: 1 })
  expect(countTests('/no/such/report.json', true)).toEqual({ passed: 0, failed: 1 })
})

test('adds runs up', () => {
  const counts = [
    { passed: 1, failed: 2 },
    { passed: 3, failed: 4 },
  ]

  expect(addCounts(counts)).toEqual({ passed: 4, failed: 6 })
})
