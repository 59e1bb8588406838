import { setTimeout as wait } from 'node:timers/promises'
import type { RedisServer } from '../../test/support/redis-server.ts'
import { type Benchmark, type Context, withRedis } from '../harness/benchmark.ts'
import { percentile } from '../harness/statistics.ts'
import type { SubjectChoice } from '../harness/subject.ts'
import type { WorkerProcess } from '../harness/worker-process.ts'
import type { Answers, Health } from './actor.ts'
import { OURS, PEERS, withCast } from './cast.ts'

const WATCHDOG_MS = 3_000
/** The default `commandTimeout`, and one turn of a loop that other things keep busy. */
const BUDGET_MS = 150
const MARGIN_MS = 50
const OPEN_FOR_MS = 2_000
const MANY = 5_000
const RECOVERY_MS = 2_000
const MAX_GROWTH_BYTES = 10_000_000

/** Redis is there and does not answer (SIGSTOP): what do callers of keys notice that nobody has? */
export const freeze: Benchmark = {
  measures: 'a frozen Redis: time to an answer, with the breaker open, recovery',

  async run(context) {
    context.progress(OURS.name)
    await withRedis((server) => ours(server, context))
    for (const peer of context.withPeers ? PEERS : []) {
      context.progress(peer.name)
      await withRedis((server) => theirs(peer, server, context))
    }
  },
}

async function ours(server: RedisServer, context: Context): Promise<void> {
  const play = async ([actor]: readonly WorkerProcess[]): Promise<void> => {
    if (!actor) return
    await warmUp(actor)
    await actor.call('get', 'kept')
    const [, kept] = [await actor.call('countLoads'), await actor.call('get', 'kept')]
    const before = await actor.call<Health>('health')
    server.pause()
    await whileFrozen(actor, context)
    const during = await actor.call<Health>('health')
    server.resume()
    await recovery(actor, kept, context)
    reportHealth(before, during, context)
  }
  await withCast(OURS, server, 1, play, 'redis')
}

async function whileFrozen(actor: WorkerProcess, context: Context): Promise<void> {
  const first = (await actor.call<number | null>('timed', 'cold', WATCHDOG_MS)) ?? WATCHDOG_MS
  report('freeze, first call of a cold key', first, BUDGET_MS + MARGIN_MS)
  for (let i = 0; i < 4; i += 1) await actor.call('timed', `cold-${i}`, WATCHDOG_MS)

  const waits = await actor.call<number[]>('timedFor', 'open', OPEN_FOR_MS)
  report('freeze, breaker open, median call', percentile(waits, 50), 1)
  report('freeze, breaker open, p90 call', percentile(waits, 90), 1)
  report('freeze, breaker open, slowest call (a probe)', Math.max(...waits), BUDGET_MS + MARGIN_MS)

  const { answered, ms } = await actor.call<Answers>('crowd', 'many', MANY, true)
  const name = `freeze, ${MANY} concurrent calls`
  const all = { of: 'value', is: 'at least', bound: MANY } as const
  context.report({ name, value: answered, unit: 'answered', better: 'higher', target: all })
  report(`${name}, until the last answer`, ms, 1_000)

  function report(name: string, value: number, bound: number): void {
    const target = { of: 'value', is: 'below', bound } as const
    context.report({ name, value, unit: 'ms', better: 'lower', target })
  }
}

/** Recovered is who returns what is in Redis again, instead of loading. */
async function recovery(actor: WorkerProcess, kept: unknown, context: Context): Promise<void> {
  const startedAt = performance.now()
  const passedMs = (): number => performance.now() - startedAt
  let hasRecovered = false
  while (!hasRecovered && passedMs() < 3 * RECOVERY_MS) {
    hasRecovered = (await actor.call('get', 'kept')) === kept
    if (!hasRecovered) await wait(10)
  }
  const target = { of: 'value', is: 'below', bound: RECOVERY_MS } as const
  context.report({
    ...{ name: 'freeze, recovery', value: passedMs(), unit: 'ms', better: 'lower', target },
    ...(!hasRecovered && { note: 'not recovered by then' }),
  })
}

function reportHealth(before: Health, during: Health, context: Context): void {
  context.report({
    ...{ name: 'freeze, unhandled rejections', value: during.unhandled, unit: '', better: 'lower' },
    target: { of: 'value', is: 'at most', bound: 0 },
  })
  context.report({
    name: 'freeze, growth of the heap',
    value: (during.heapBytes - before.heapBytes) / 1e6,
    ...{ unit: 'MB', better: 'lower' },
    target: { of: 'value', is: 'below', bound: MAX_GROWTH_BYTES / 1e6 },
  })
}

async function theirs(peer: SubjectChoice, server: RedisServer, context: Context): Promise<void> {
  const play = async ([actor]: readonly WorkerProcess[]): Promise<number | null> => {
    if (!actor) return null
    await warmUp(actor)
    server.pause()
    return actor.call<number | null>('timed', 'cold', WATCHDOG_MS)
  }
  try {
    const ms = await withCast(peer, server, 1, play, 'redis')
    context.report({
      name: `freeze, first call of a cold key, ${peer.name}`,
      ...{ value: ms ?? WATCHDOG_MS, unit: 'ms', better: 'lower' },
      ...(ms === null && { note: `no answer within ${WATCHDOG_MS} ms` }),
    })
  } finally {
    server.resume()
  }
}

async function warmUp(actor: WorkerProcess): Promise<void> {
  for (let i = 0; i < 50; i += 1) await actor.call('get', `warm-${i}`)
}
