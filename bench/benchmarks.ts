import type { Benchmark } from './harness/benchmark.ts'
import { batch } from './micro/batch.ts'
import { l1 } from './micro/l1.ts'
import { l2 } from './micro/l2.ts'
import { memory } from './micro/memory.ts'
import { deleteLag } from './scenarios/delete-lag.ts'
import { freeze } from './scenarios/freeze.ts'
import { race } from './scenarios/race.ts'
import { stampede } from './scenarios/stampede.ts'

/** All that `npm run bench` runs, in this order. */
export const benchmarks: Readonly<Record<string, Benchmark>> = {
  l1,
  l2,
  batch,
  memory,
  stampede,
  race,
  freeze,
  'delete-lag': deleteLag,
}
