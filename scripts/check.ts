/* Everything that is checked before a change is kept: `npm run check`. */
import { npx, PACKAGE_STEPS, runStep, SOURCE_STEPS, summary } from './steps.ts'

const coverage = npx(
  'vitest with coverage',
  ...['vitest', 'run', '--coverage', '--project', 'unit', '--project', 'redis'],
)
const results = [...SOURCE_STEPS, coverage, ...PACKAGE_STEPS].map(runStep)

console.log(`\n${summary(results)}`)
process.exitCode = results.every(({ isPassed }) => isPassed) ? 0 : 1
