/*
 * What holds at the end of every test. As a set-up file of vitest it fails the test during which a
 * rejection went unhandled or an exception uncaught; the helpers are for tests to call.
 */
import { afterAll, afterEach, expect } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { tidyUp } from './children.ts'
import { eventually } from './eventually.ts'

const faults: unknown[] = []
const note = (fault: unknown): void => void faults.push(fault)

process.on('unhandledRejection', note)
process.on('uncaughtExceptionMonitor', note)

afterEach(async () => {
  // Node reports a rejection after the microtasks of its turn: wait for the turn to end.
  await new Promise<void>((resolve) => systemClock.afterInput(resolve))
  const seen = faults.splice(0)
  if (seen.length > 0) throw new AggregateError(seen, `Nobody handled: ${seen.join('; ')}`)
})

afterAll(() => {
  process.off('unhandledRejection', note)
  process.off('uncaughtExceptionMonitor', note)
  tidyUp()
})

/** Counts of what would keep this process alive, by kind. */
export type OpenResources = Readonly<Record<string, number>>

/** What tests may leak. Requests that the runner itself makes to files and threads are left out. */
const KINDS = /Socket|Server|Pipe|Process|Timeout|TLS/

export function openResources(): OpenResources {
  const counts: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) {
    if (KINDS.test(kind)) counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}

/**
 * Fails unless everything opened since `before` is closed. Closing takes the system some turns, so
 * it is asked again until it holds.
 */
export async function expectNothingLeft(before: OpenResources): Promise<void> {
  await eventually(() => {
    const left = Object.entries(openResources()).filter(([kind, n]) => n > (before[kind] ?? 0))
    expect(left, 'sockets, servers, processes and timers left open').toEqual([])
  })
}

/** Outcomes of reads, as statistics of any part report them. */
export interface ReadCounts {
  readonly reads: number
  readonly hits: number
  readonly stale: number
  readonly misses: number
}

/** Every read is a hit, a stale hit or a miss; nothing is counted twice or forgotten. */
export function expectCountsAddUp(counts: ReadCounts): void {
  expect(counts.hits + counts.stale + counts.misses, 'hits + stale + misses').toBe(counts.reads)
}
