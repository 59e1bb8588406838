import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCache } from '../../src/index.ts'
import { type RedisServer, startRedis } from '../support/redis-server.ts'
import { runBatch } from './fleet.ts'
import { type Batch, batches } from './schedule.ts'
import type { Overlaps } from './truth.ts'

/*
 * Several caches on one Redis, random schedules, connections that are cut. See truth.ts for the
 * rule. To repeat a failure: CACHETIER_SEED=<seed> CACHETIER_PATH=<path>; how many schedules run is
 * set by CACHETIER_SCHEDULES, or CACHETIER_NIGHTLY=1.
 */

const BATCH = 50
const { env } = process
const schedules = Number(env.CACHETIER_SCHEDULES ?? (env.CACHETIER_NIGHTLY ? 100_000 : 3_000))
const seed = Number(env.CACHETIER_SEED ?? Date.now() % 2 ** 31)
const path = env.CACHETIER_PATH
/** Against hanging only. */
const TIMEOUT_MS = 120_000 + schedules * 200

let server: RedisServer

beforeAll(async () => {
  server = await startRedis({ tcp: true })
})

afterAll(async () => {
  await server.stop()
})

test(`nothing stale comes back in ${schedules} schedules`, { timeout: TIMEOUT_MS }, async () => {
  const overlaps: Overlaps = { reads: 0, older: 0, olderAfterOne: 0 }
  console.info(`model: seed ${seed}`)

  const run = await fc.check(
    fc.asyncProperty(batches(BATCH), async (batch) => {
      const report = await runBatch(batch, server, createCache)
      overlaps.reads += report.overlaps.reads
      overlaps.older += report.overlaps.older
      overlaps.olderAfterOne += report.overlaps.olderAfterOne
      expect(report.violations, title(batch)).toEqual([])
    }),
    {
      seed,
      ...(path === undefined ? {} : { path }),
      numRuns: Math.ceil(schedules / BATCH),
      endOnFailure: true,
    },
  )

  // The counterexample is a thousand steps long; its trace is in the error.
  const repeat = `CACHETIER_SEED=${seed} CACHETIER_PATH=${run.counterexamplePath}`
  if (run.failed) throw new Error(`To repeat: ${repeat}`, { cause: run.errorInstance })

  console.info(`model: ${JSON.stringify(overlaps)}`)
  // Stricter than the rule: not even a read that was under way hands out what was invalidated,
  // unless it was invalidated again and again.
  expect(overlaps.olderAfterOne).toBe(0)
})

function title({ faults, tracking, poolSize, isLarge }: Batch): string {
  return JSON.stringify({ faults, tracking, poolSize, isLarge })
}
