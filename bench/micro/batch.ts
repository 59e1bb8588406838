import { type Benchmark, withRedis } from '../harness/benchmark.ts'
import { contest } from '../harness/contest.ts'
import type { Reading } from '../harness/reading-worker.ts'
import { reportContest } from '../harness/report-contest.ts'
import type { SubjectChoice } from '../harness/subject.ts'

const KEYS_PER_BATCH = 100
const TARGET = 0.9

const READING: Reading = {
  call: 'getMany',
  tier: 'redis',
  keys: 2_000,
  valueBytes: 200,
  batch: KEYS_PER_BATCH,
  count: 2_000,
  callers: 1,
}

const OURS: SubjectChoice = { name: 'ours', file: 'subjects/ours' }
const FLOORS: readonly SubjectChoice[] = [
  { name: 'ioredis mgetBuffer + our codec', file: 'subjects/ioredis' },
  { name: 'ioredis mget + JSON.parse', file: 'subjects/ioredis', variant: 'json' },
]
const PEERS: readonly SubjectChoice[] = [
  { name: 'cacheable', file: 'peers/cacheable' },
  { name: 'cache-manager', file: 'peers/cache-manager' },
  { name: 'unstorage', file: 'peers/unstorage' },
]

/** Batches of 100 keys from Redis, one after the other. */
export const batch: Benchmark = {
  measures: `batches of ${KEYS_PER_BATCH} keys from Redis, one after the other`,

  async run(context) {
    const subjects = [OURS, ...FLOORS, ...(context.withPeers ? PEERS : [])]
    const contenders = subjects.map((subject) => ({ subject, reading: READING }))
    const standings = await withRedis(({ socketPath }) => contest(contenders, socketPath, context))
    const floors = FLOORS.map(({ name }) => name)
    const names = { ours: OURS.name, floors, floorTarget: TARGET }
    reportContest(
      standings,
      {
        ...names,
        name: 'batch of 100, throughput',
        unit: 'batches/s',
        better: 'higher',
        figureOf: ({ perSecond }) => perSecond,
      },
      context,
    )
    reportContest(
      standings.filter(({ name }) => name === OURS.name || floors.includes(name)),
      {
        ...names,
        name: 'batch of 100, CPU',
        unit: 'µs CPU a batch',
        better: 'lower',
        figureOf: ({ cpuNs }) => cpuNs / 1_000,
      },
      context,
    )
  },
}
