import { setTimeout as wait } from 'node:timers/promises'
import type { RedisServer } from '../../test/support/redis-server.ts'
import type { Context } from '../harness/benchmark.ts'
import type { SubjectChoice, Tier } from '../harness/subject.ts'
import { WorkerProcess } from '../harness/worker-process.ts'
import type { Role } from './actor.ts'

export const OURS: SubjectChoice = { name: 'ours', file: 'subjects/ours' }

/** Libraries that load by themselves and have both tiers; async-cache-dedupe has Redis alone. */
export const PEERS: readonly SubjectChoice[] = [
  { name: 'bentocache', file: 'peers/bentocache' },
  { name: 'cacheable', file: 'peers/cacheable' },
  { name: 'cache-manager', file: 'peers/cache-manager' },
  { name: 'async-cache-dedupe', file: 'peers/async-cache-dedupe' },
  { name: 'ocache', file: 'peers/ocache' },
]

const PATIENCE_MS = 60_000

let casts = 0

/** Processes of one application that share a server; ended in the end, come what may. */
export async function withCast<R>(
  subject: SubjectChoice,
  server: RedisServer,
  size: number,
  play: (actors: readonly WorkerProcess[]) => Promise<R>,
  tier: Tier = 'both',
): Promise<R> {
  casts += 1
  const role: Role = {
    ...subject,
    tier: subject.name === 'async-cache-dedupe' ? 'redis' : tier,
    prefix: `cast-${casts}`,
    socketPath: server.socketPath,
    tcpUrl: `redis://127.0.0.1:${server.port}`,
  }
  const actors: WorkerProcess[] = []
  try {
    for (let i = 0; i < size; i += 1) {
      const core = i % 2 === 0 ? 'client' : 'server'
      const actor = await WorkerProcess.start('scenarios/actor', {
        core,
        nodeOptions: ['--expose-gc'],
      })
      actors.push(actor)
      await actor.call('open', role)
    }
    return await withinPatience(play(actors))
  } finally {
    await Promise.all(actors.map((actor) => actor.end()))
  }
}

/** Ours first, then the peers; one that cannot play is named and left out. */
export async function withEach<R>(
  context: Context,
  play: (subject: SubjectChoice) => Promise<R>,
  peers: readonly SubjectChoice[] = PEERS,
): Promise<{ readonly ours: R; readonly others: ReadonlyMap<string, R> }> {
  context.progress(OURS.name)
  const ours = await play(OURS)
  const others = new Map<string, R>()
  for (const peer of context.withPeers ? peers : []) {
    context.progress(peer.name)
    try {
      others.set(peer.name, await play(peer))
    } catch (error) {
      context.progress(`${peer.name} cannot take part: ${String(error)}`)
    }
  }
  return { ours, others }
}

/** Some libraries leave callers waiting for ever; the benchmark goes on without them. */
async function withinPatience<R>(played: Promise<R>): Promise<R> {
  const patience = new AbortController()
  const out = wait(PATIENCE_MS, undefined, { signal: patience.signal }).then(() => {
    throw new Error(`no end within ${PATIENCE_MS / 1_000} s`)
  })
  try {
    return await Promise.race([played, out])
  } finally {
    patience.abort()
    out.catch(() => {})
    played.catch(() => {})
  }
}

/** Reports a number of ours that has to be `bound`, and that of each peer beside it. */
export function reportCount(
  context: Context,
  name: string,
  unit: string,
  bound: number,
  ours: number,
  others: ReadonlyMap<string, number>,
): void {
  const base = { value: ours, unit, better: 'lower' } as const
  context.report({ ...base, name, target: { of: 'value', is: 'at most', bound } })
  for (const [peer, value] of others) {
    context.report({ ...base, name: `${name}, beside ${peer}`, peer: { name: peer, value } })
  }
}
