import type { Benchmark, Context } from '../harness/benchmark.ts'
import { type Contender, contest } from '../harness/contest.ts'
import type { Reading } from '../harness/reading-worker.ts'
import { reportContest } from '../harness/report-contest.ts'
import type { SubjectChoice } from '../harness/subject.ts'

const READING: Omit<Reading, 'call'> = {
  tier: 'memory',
  keys: 1_000,
  valueBytes: 200,
  count: 1_000_000,
  callers: 1,
}

const TARGET = 0.8

/** Slow enough to be measured with fewer calls. */
const PEER_COUNT = 200_000

const READERS: readonly SubjectChoice[] = [
  { name: 'lru-cache', file: 'peers/lru-cache' },
  { name: 'unstorage', file: 'peers/unstorage' },
  { name: 'cacheable', file: 'peers/cacheable' },
  { name: 'cache-manager', file: 'peers/cache-manager' },
  { name: 'bentocache', file: 'peers/bentocache' },
]

const LOADERS: readonly SubjectChoice[] = [
  ...READERS,
  { name: 'async-cache-dedupe', file: 'peers/async-cache-dedupe' },
  { name: 'ocache', file: 'peers/ocache' },
]

/** Hits in memory: 1 000 keys, one caller that awaits each. */
export const l1: Benchmark = {
  measures: 'a hit in memory, CPU time of one awaited call',

  async run(context) {
    const get = { name: 'definition.get', file: 'subjects/ours' }
    await measure('l1 get', 'read', get, READERS, context)
    const getOrSet = { name: 'cache.getOrSet', file: 'subjects/ours', variant: 'getOrSet' }
    await measure('l1 getOrSet', 'get', getOrSet, LOADERS, context)
  },
}

async function measure(
  name: string,
  call: 'read' | 'get',
  ours: SubjectChoice,
  peers: readonly SubjectChoice[],
  context: Context,
): Promise<void> {
  const floor = {
    name: `async Map ${call === 'get' ? 'getOrSet' : 'getter'}`,
    file: 'subjects/map',
  }
  const reading: Reading = { ...READING, call }
  const contenders: Contender[] = [floor, ours].map((subject) => ({ subject, reading }))
  if (context.withPeers) {
    const slow = { ...reading, count: PEER_COUNT }
    contenders.push(...peers.map((subject) => ({ subject, reading: slow })))
  }
  const standings = await contest(contenders, '', context)
  reportContest(
    standings,
    {
      name,
      unit: 'ns CPU a call',
      better: 'lower',
      figureOf: ({ cpuNs }) => cpuNs,
      floorTarget: TARGET,
      ours: ours.name,
      floors: [floor.name],
    },
    context,
  )
}
