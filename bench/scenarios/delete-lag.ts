import type { RedisServer } from '../../test/support/redis-server.ts'
import { type Benchmark, type Context, withRedis } from '../harness/benchmark.ts'
import { percentile } from '../harness/statistics.ts'
import type { SubjectChoice } from '../harness/subject.ts'
import type { WorkerProcess } from '../harness/worker-process.ts'
import { PEERS, withCast, withEach } from './cast.ts'

const DELETES = 3_000
const PEER_DELETES = 1_000
const LIMIT_MS = 1_000
const TARGET_MS = 1

/** Those that tell other processes of a delete. */
const HEARING = PEERS.filter(({ name }) => name === 'bentocache' || name === 'cacheable')

/**
 * One process deletes, another one reads the same key from its memory all the time: how long after
 * the call of the delete did it return the old value for the last time?
 */
export const deleteLag: Benchmark = {
  measures: 'a delete in one process until the last stale read in another',

  async run(context) {
    await withRedis(async (server) => {
      const play = (subject: SubjectChoice): Promise<number[]> => measure(subject, server, context)
      const { ours, others } = await withEach(context, play, HEARING)
      for (const share of [50, 99, 100]) report(share, ours, others, context)
    })
  },
}

async function measure(
  subject: SubjectChoice,
  server: RedisServer,
  { isQuick }: Context,
): Promise<number[]> {
  const deletes = HEARING.includes(subject) ? PEER_DELETES : DELETES
  return withCast(subject, server, 2, async (actors) => {
    const [reader, deleter] = actors as [WorkerProcess, WorkerProcess]
    const lags: number[] = []
    for (let i = 0; i < (isQuick ? deletes / 10 : deletes); i += 1) {
      const key = `key-${i % 100}`
      await reader.call('beginWatch', key)
      const calledAt = await deleter.call<number>('delete', key)
      const lastStaleAt = await reader.call<number>('endWatch', LIMIT_MS)
      lags.push(Math.max(0, (lastStaleAt - calledAt) / 1e6))
    }
    return lags
  })
}

function report(
  share: number,
  ours: readonly number[],
  others: ReadonlyMap<string, readonly number[]>,
  context: Context,
): void {
  const name = `delete to last stale read, ${share === 100 ? 'slowest' : `p${share}`}`
  const base = { value: percentile(ours, share), unit: 'ms', better: 'lower' } as const
  const target = { of: 'value', is: 'below', bound: TARGET_MS } as const
  context.report({ ...base, name, ...(share === 99 && { target }) })
  for (const [peer, lags] of others) {
    const other = { name: peer, value: percentile(lags, share) }
    context.report({ ...base, name: `${name}, beside ${peer}`, peer: other })
  }
}
