import type { Benchmark, Context } from '../harness/benchmark.ts'
import { median } from '../harness/statistics.ts'
import type { SubjectChoice } from '../harness/subject.ts'
import { WorkerProcess } from '../harness/worker-process.ts'
import type { Weight } from './memory-worker.ts'

const ENTRIES = 100_000
const MAX_BYTES = 290
const UNIT = 'bytes an entry'

const FLOOR: SubjectChoice = { name: 'Map', file: 'subjects/map' }

const OURS: readonly SubjectChoice[] = [
  { name: 'createCache and set', file: 'subjects/ours', variant: 'getOrSet' },
  { name: 'memory store', file: 'subjects/memory-store', variant: '1000000' },
  { name: 'memory store, full', file: 'subjects/memory-store', variant: `${ENTRIES}` },
]

const PEERS: readonly SubjectChoice[] = [
  { name: 'lru-cache', file: 'peers/lru-cache' },
  { name: 'async-cache-dedupe', file: 'peers/async-cache-dedupe' },
  { name: 'bentocache', file: 'peers/bentocache' },
  { name: 'cacheable', file: 'peers/cacheable' },
  { name: 'cache-manager', file: 'peers/cache-manager' },
  { name: 'ocache', file: 'peers/ocache' },
  { name: 'unstorage', file: 'peers/unstorage' },
]

/** What an entry takes in memory: key, value and all that the cache keeps about it. */
export const memory: Benchmark = {
  measures: `memory of an entry, ${ENTRIES} distinct strings of 200 bytes`,

  async run(context) {
    const floor = { name: FLOOR.name, value: (await weigh(FLOOR, context)).bytesPerEntry }
    let ours = Infinity
    for (const subject of OURS) {
      const { bytesPerEntry: value, missing } = await weigh(subject, context)
      ours = Math.min(ours, value)
      context.report({
        ...{ name: `memory, ${subject.name}`, value, unit: UNIT, better: 'lower', floor },
        target: { of: 'value', is: 'at most', bound: MAX_BYTES },
        ...(missing > 0 && { note: `${missing} of ${ENTRIES} entries were let go` }),
      })
    }
    for (const subject of context.withPeers ? PEERS : []) {
      const { bytesPerEntry, missing } = await weigh(subject, context)
      context.report({
        ...{ name: `memory, beside ${subject.name}`, value: ours, unit: UNIT, better: 'lower' },
        peer: { name: subject.name, value: bytesPerEntry },
        ...(missing > 0 && { note: `it let go ${missing} of ${ENTRIES}` }),
      })
    }
  },
}

async function weigh(subject: SubjectChoice, context: Context): Promise<Weight> {
  context.progress(subject.name)
  const weights: Weight[] = []
  for (let life = 0; life < (context.isQuick ? 1 : 3); life += 1) {
    const worker = await WorkerProcess.start('micro/memory-worker', {
      nodeOptions: ['--expose-gc'],
    })
    weights.push(await worker.call<Weight>('weigh', subject.file, subject.variant, ENTRIES))
    await worker.end()
  }
  return {
    bytesPerEntry: median(weights.map(({ bytesPerEntry }) => bytesPerEntry)),
    missing: Math.max(...weights.map(({ missing }) => missing)),
  }
}
