import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RedisServer, startRedis } from '../support/redis-server.ts'
import { runBatch } from './fleet.ts'
import { loadMutant, MUTANTS, removeMutants } from './mutants.ts'
import { batches } from './schedule.ts'

/*
 * What the model test is worth: with any one of the guards removed it fails. CACHETIER_SEED=<seed>
 * chooses other schedules.
 */

const BATCH = 50
/** A mutant that survives so many schedules counts as not caught. */
const MAX_SCHEDULES = 2_000
const seed = Number(process.env.CACHETIER_SEED ?? 20_261_121)
const TIMEOUT_MS = 600_000

let server: RedisServer

beforeAll(async () => {
  server = await startRedis({ tcp: true })
})

afterAll(async () => {
  await server.stop()
  removeMutants()
})

test.each(MUTANTS.map((mutant, i) => ({ ...mutant, name: `mutant-${i}` })))(
  'the model test sees when it is not so that $guard',
  { timeout: TIMEOUT_MS },
  async (mutant) => {
    const createCache = await loadMutant(mutant, mutant.name)
    let violations = 0
    let schedules = 0

    const run = await fc.check(
      fc.asyncProperty(batches(BATCH, mutant.isContended), async (batch) => {
        schedules += BATCH
        const report = await runBatch({ ...batch, ...mutant.where }, server, createCache)
        violations += report.violations.length
        return report.violations.length === 0
      }),
      { seed, numRuns: MAX_SCHEDULES / BATCH, endOnFailure: true },
    )

    console.info(`without '${mutant.guard}': ${violations} of ${schedules} schedules`)
    // A mutant is caught by what it serves; a harness that breaks down proves nothing.
    if (run.failed && violations === 0) throw run.errorInstance
    expect(violations).toBeGreaterThan(0)
  },
)
