import { setTimeout as wait } from 'node:timers/promises'
import type { RedisServer } from '../../test/support/redis-server.ts'
import { type Benchmark, withRedis } from '../harness/benchmark.ts'
import type { SubjectChoice } from '../harness/subject.ts'
import type { WorkerProcess } from '../harness/worker-process.ts'
import { reportCount, withCast, withEach } from './cast.ts'

interface Stale {
  readonly here: number
  readonly there: number
}

const ROUNDS = 5
const LOAD_MS = 150
const DELETE_AFTER_MS = 50
const SETTLE_MS = 100

/** A slow load, and a delete meanwhile: is what was read before the delete served after it? */
export const race: Benchmark = {
  measures: `rounds of ${ROUNDS} in which a value is served that a delete had ended, during a load`,

  async run(context) {
    await withRedis(async (server) => {
      const { ours, others } = await withEach(context, (subject) => play(subject, server))
      const each = (pick: (stale: Stale) => number): Map<string, number> =>
        new Map([...others].map(([name, stale]) => [name, pick(stale)]))
      const unit = `of ${ROUNDS} rounds stale`
      const report = (name: string, pick: (stale: Stale) => number): void =>
        reportCount(context, name, unit, 0, pick(ours), each(pick))
      report('stale set, delete in the same process', ({ here }) => here)
      report('stale set, delete in another process', ({ there }) => there)
    })
  },
}

async function play(subject: SubjectChoice, server: RedisServer): Promise<Stale> {
  return withCast(subject, server, 2, async (actors) => {
    const [loader, other] = actors as [WorkerProcess, WorkerProcess]
    let here = 0
    let there = 0
    for (let round = 0; round < ROUNDS; round += 1) {
      if (await isStale(`here-${round}`, loader, loader, actors, server)) here += 1
      if (await isStale(`there-${round}`, loader, other, actors, server)) there += 1
    }
    return { here, there }
  })
}

async function isStale(
  key: string,
  loader: WorkerProcess,
  deleter: WorkerProcess,
  readers: readonly WorkerProcess[],
  server: RedisServer,
): Promise<boolean> {
  const source = `source-${key}`
  await server.command('SET', source, 'old')
  for (const actor of readers) await actor.call('setPlan', { takesMs: LOAD_MS, source })
  const slow = loader.call('get', key)
  await wait(DELETE_AFTER_MS)
  await server.command('SET', source, 'new')
  await deleter.call('delete', key)
  await slow
  await wait(SETTLE_MS)
  const seen = await Promise.all(readers.map((reader) => reader.call('get', key)))
  return seen.includes('old')
}
