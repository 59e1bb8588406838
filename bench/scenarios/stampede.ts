import type { RedisServer } from '../../test/support/redis-server.ts'
import { type Benchmark, withRedis } from '../harness/benchmark.ts'
import type { SubjectChoice } from '../harness/subject.ts'
import type { WorkerProcess } from '../harness/worker-process.ts'
import type { LoadPlan } from './actor.ts'
import { reportCount, withCast, withEach } from './cast.ts'

interface Loads {
  readonly one: number
  readonly four: number
  readonly failing: number
}

const LOAD_MS = 200
const FAILING_LOAD_MS = 20

/** A popular key that nobody has: how often is it loaded? */
export const stampede: Benchmark = {
  measures: 'loads of one missing key: 1 000 callers, 4 processes of 250, 50 on a failing source',

  async run(context) {
    await withRedis(async (server) => {
      const { ours, others } = await withEach(context, (subject) => play(subject, server))
      const each = (pick: (loads: Loads) => number): Map<string, number> =>
        new Map([...others].map(([name, loads]) => [name, pick(loads)]))
      const report = (name: string, pick: (loads: Loads) => number): void =>
        reportCount(context, name, 'loads', 1, pick(ours), each(pick))
      report('stampede, 1 000 callers', ({ one }) => one)
      report('stampede, 4 processes x 250 callers', ({ four }) => four)
      report('stampede, 50 callers, failing source', ({ failing }) => failing)
    })
  },
}

async function play(subject: SubjectChoice, server: RedisServer): Promise<Loads> {
  return withCast(subject, server, 4, async (actors) => {
    const rush = async (key: string, processes: number, callers: number): Promise<number> => {
      const crowded = actors.slice(0, processes)
      await Promise.all(crowded.map((actor) => actor.call('crowd', key, callers)))
      const loads = await Promise.all(actors.map((actor) => actor.call<number>('countLoads')))
      return loads.reduce((sum, count) => sum + count, 0)
    }
    // Nobody's first call, which connects and compiles, decides who is early.
    await Promise.all(actors.map((actor, i) => actor.call('get', `warm-${i}`)))
    await rush('warm', 4, 0)
    await everyone(actors, { takesMs: LOAD_MS })
    const one = await rush('popular', 1, 1_000)
    await everyone(actors, { takesMs: FAILING_LOAD_MS, fails: true })
    const failing = await rush('broken', 1, 50)
    await everyone(actors, { takesMs: LOAD_MS })
    const four = await rush('more-popular', 4, 250)
    return { one, four, failing }
  })
}

async function everyone(actors: readonly WorkerProcess[], plan: LoadPlan): Promise<void> {
  for (const actor of actors) await actor.call('setPlan', plan)
}
