import { type Benchmark, type Context, withRedis } from '../harness/benchmark.ts'
import { contest } from '../harness/contest.ts'
import type { Reading } from '../harness/reading-worker.ts'
import { reportContest } from '../harness/report-contest.ts'
import type { SubjectChoice } from '../harness/subject.ts'

const TARGET = 0.9

const FLOOR: SubjectChoice = { name: 'ioredis getBuffer + our codec', file: 'subjects/ioredis' }
const JSON_FLOOR: SubjectChoice = {
  name: 'ioredis get + JSON.parse',
  file: 'subjects/ioredis',
  variant: 'json',
}
const OURS: SubjectChoice = { name: 'ours', file: 'subjects/ours' }

const PEERS: readonly SubjectChoice[] = [
  { name: 'async-cache-dedupe', file: 'peers/async-cache-dedupe' },
  { name: 'bentocache', file: 'peers/bentocache' },
  { name: 'cacheable', file: 'peers/cacheable' },
  { name: 'cache-manager', file: 'peers/cache-manager' },
  { name: 'ocache', file: 'peers/ocache' },
  { name: 'unstorage', file: 'peers/unstorage' },
  { name: 'node-redis', file: 'peers/node-redis' },
]

/** What the readers ask for: small values by many, larger ones by fewer. */
const SHAPES = [
  { title: '200 B, 512 callers', valueBytes: 200, callers: 512, count: 100_000 },
  { title: '2 KB, 64 callers', valueBytes: 2_000, callers: 64, count: 40_000 },
] as const

/** Their order of magnitude is clear with fewer calls. */
const PEER_SHARE = 4

type Shape = (typeof SHAPES)[number]

/** Hits in Redis, by the shared tier alone and through an empty memory. */
export const l2: Benchmark = {
  measures: 'a hit in Redis, throughput and CPU time, with memory off and with memory empty',

  async run(context) {
    for (const shape of SHAPES) {
      await withRedis(({ socketPath }) => alone(shape, socketPath, context))
      await withRedis(({ socketPath }) => throughMemory(shape, socketPath, context))
    }
  },
}

async function alone(shape: Shape, socketPath: string, context: Context): Promise<void> {
  const { valueBytes, callers, count } = shape
  const reading: Reading = { call: 'get', tier: 'redis', keys: 2_000, valueBytes, callers, count }
  const peers = context.withPeers ? PEERS : []
  const contenders = [
    ...[FLOOR, JSON_FLOOR, OURS].map((subject) => ({ subject, reading })),
    ...peers.map((subject) => ({ subject, reading: { ...reading, count: count / PEER_SHARE } })),
  ]
  report(`l2 ${shape.title}`, await contest(contenders, socketPath, context), context)
}

/** Each key is asked for once in a round, of a memory that is empty: every hit is copied there. */
async function throughMemory(shape: Shape, socketPath: string, context: Context): Promise<void> {
  const { valueBytes, callers, count: keys } = shape
  const cold = { call: 'get', keys, count: keys, valueBytes, callers, isCold: true } as const
  const contenders = [
    { subject: FLOOR, reading: { ...cold, tier: 'redis' } as const },
    { subject: OURS, reading: { ...cold, tier: 'both' } as const },
  ]
  report(`l2 into memory, ${shape.title}`, await contest(contenders, socketPath, context), context)
}

function report(
  name: string,
  standings: Awaited<ReturnType<typeof contest>>,
  context: Context,
): void {
  const names = { ours: OURS.name, floors: [FLOOR.name, JSON_FLOOR.name] }
  reportContest(
    standings,
    {
      ...names,
      name: `${name}, throughput`,
      unit: 'hits/s',
      better: 'higher',
      figureOf: ({ perSecond }) => perSecond,
      floorTarget: TARGET,
    },
    context,
  )
  reportContest(
    standings.filter(({ name: who }) => who === OURS.name || names.floors.includes(who)),
    {
      ...names,
      name: `${name}, CPU`,
      unit: 'µs CPU a hit',
      better: 'lower',
      figureOf: ({ cpuNs }) => cpuNs / 1_000,
      floorTarget: TARGET,
    },
    context,
  )
}
