import type { Cache, CacheOptions, RedisOptions } from '../../src/index.ts'
import type { ChaosProxy } from '../../src/testing/index.ts'
import { chaosProxy } from '../../src/testing/index.ts'
import { eventually } from '../support/eventually.ts'
import type { RedisServer } from '../support/redis-server.ts'
import { Player, SETTLES_WITHIN_MS, turns } from './player.ts'
import { type Batch, type Fault, PROCESSES } from './schedule.ts'
import { type Overlaps, Truth } from './truth.ts'

/** What is tested: the engine itself, or a mutant of it. */
export type CreateCache = (options: CacheOptions) => Cache

export interface BatchReport {
  readonly schedules: number
  readonly violations: readonly string[]
  readonly overlaps: Overlaps
}

/** Changes one bit of a digit in the body of every entry: another version, and still a number. */
const FLIP_LAST_DIGITS = `
for _, key in ipairs(redis.call('KEYS', '*}')) do
  local bytes = redis.call('GET', key)
  for at = #bytes, math.max(1, #bytes - 200), -1 do
    local byte = string.byte(bytes, at)
    if byte >= 48 and byte <= 57 then
      redis.call('SETRANGE', key, at - 1, string.char(bit.bxor(byte, 1)))
      break
    end
  end
end
`

/** As an eviction would: the entries stay, and what was invalidated is forgotten. */
const EVICT_CLOCKS = `
for _, key in ipairs(redis.call('KEYS', '*}:clock')) do
  redis.call('UNLINK', key)
end
`

let batchCount = 0

/**
 * Runs the schedules of a batch side by side: each in a namespace of its own, all on one fleet of
 * caches with connections of their own; then waits for quiet and reads everything again, in every
 * process and in one that has just begun.
 */
export async function runBatch(
  batch: Batch,
  server: RedisServer,
  createCache: CreateCache,
): Promise<BatchReport> {
  batchCount += 1
  const base = `m${batchCount}`
  const fleet = await Fleet.open(batch, base, server, createCache)
  try {
    const players = batch.schedules.map((schedule, i) => {
      const caches = fleet.caches.map((cache) => cache.namespace(`s${i}`))
      const truth = new Truth(caches.length)
      Object.assign(truth, { ns: `s${i}` })
      return new Player(truth, schedule, caches, batch.isLarge)
    })
    const play = async (player: Player, i: number): Promise<void> => {
      if (batch.schedules[i]?.waits) await available(player)
      await player.play()
    }
    await Promise.all([fleet.inject(batch.faults), ...players.map(play)])
    await Promise.all(players.map(available))
    await Promise.all(players.map((player) => fleet.judge(player)))
    const late = await fleet.newcomer(players)
    return report([...players, ...late])
  } finally {
    await fleet.close()
  }
}

class Fleet {
  static async open(
    batch: Batch,
    base: string,
    server: RedisServer,
    createCache: CreateCache,
  ): Promise<Fleet> {
    const needsProxies = batch.faults.some(({ kind }) => kind === 'black-hole')
    const { port = 0 } = server
    const proxies = needsProxies
      ? await Promise.all(Array.from({ length: PROCESSES }, () => chaosProxy({ port })))
      : []
    const open = (url: string): Cache => createCache(optionsOf(batch, base, url))
    const caches = Array.from({ length: PROCESSES }, (_, i) => {
      const proxy = proxies[i]
      return open(proxy ? `redis://${proxy.host}:${proxy.port}` : `unix://${server.socketPath}`)
    })
    await Promise.all(caches.map((cache) => cache.ready()))
    return new Fleet(batch, server, caches, proxies, open)
  }

  readonly caches: readonly Cache[]
  readonly #batch: Batch
  readonly #server: RedisServer
  readonly #proxies: readonly ChaosProxy[]
  readonly #open: (url: string) => Cache

  private constructor(
    batch: Batch,
    server: RedisServer,
    caches: readonly Cache[],
    proxies: readonly ChaosProxy[],
    open: (url: string) => Cache,
  ) {
    this.#batch = batch
    this.#server = server
    this.caches = caches
    this.#proxies = proxies
    this.#open = open
  }

  /** @returns settles when all faults are over */
  async inject(faults: readonly Fault[]): Promise<void> {
    await Promise.all(
      faults.map(async (fault) => {
        await wait(fault.atMs)
        await this.#break(fault)
      }),
    )
  }

  async judge(player: Player): Promise<void> {
    const { number } = player.truth
    await player.readAll('last get', number)
    if (isCutOff(this.#batch)) await wait(maxUnverifiedMsOf(this.#batch))
    player.truth.confirmAll()
    await player.readAll('last get')
  }

  /** A process that has just begun knows nothing but what lies in Redis. */
  async newcomer(players: readonly Player[]): Promise<readonly Player[]> {
    const cache = this.#open(`unix://${this.#server.socketPath}`)
    try {
      await cache.ready()
      const late = players.map(({ truth }, i) => {
        const schedule = this.#batch.schedules[i] as Batch['schedules'][number]
        return new Player(truth, schedule, [cache.namespace(`s${i}`)], this.#batch.isLarge)
      })
      await Promise.all(late.map(available))
      await Promise.all(late.map((player) => player.readAll('get of a newcomer')))
      return []
    } finally {
      await cache.close()
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.caches.map((cache) => cache.close()))
    await Promise.all(this.#proxies.map((proxy) => proxy.close()))
  }

  async #break({ kind, process, forMs }: Fault): Promise<void> {
    switch (kind) {
      case 'cut-subscriber':
        return this.#cut('cachetier-subscriber', process)
      case 'cut-commands':
        return this.#cut('cachetier', process)
      case 'black-hole': {
        const proxy = this.#proxies[process]
        await proxy?.set({ blackHole: 'both' })
        await wait(forMs)
        await proxy?.heal()
        return
      }
      case 'freeze':
        this.#server.pause()
        await wait(forMs)
        this.#server.resume()
        return
      case 'lose-all':
        await this.#server.command('FLUSHALL')
        return
      case 'lose-clock':
        await this.#server.command('EVAL', EVICT_CLOCKS, 0)
        return
      case 'corrupt':
        await this.#server.command('EVAL', FLIP_LAST_DIGITS, 0)
    }
  }

  /** Ends one connection of this name, as a server does that sheds a client. */
  async #cut(name: string, process: number): Promise<void> {
    const list = String(await this.#server.command('CLIENT', 'LIST'))
    const ids = list
      .split('\n')
      .filter((line) => line.includes(` name=${name} `))
      .map((line) => /^id=(\d+)/.exec(line)?.[1] ?? '0')
    const id = ids[process % Math.max(1, ids.length)]
    if (id !== undefined) await this.#server.command('CLIENT', 'KILL', 'ID', id)
  }
}

function optionsOf(batch: Batch, namespace: string, url: string): CacheOptions {
  const { tracking, poolSize } = batch
  const maxUnverified = maxUnverifiedMsOf(batch)
  const redis: RedisOptions = { url, tracking, poolSize, maxUnverified }
  return { namespace, redis, hardTimeout: 0 }
}

/** Whether some process may miss what the others change, if only for a while. */
function isCutOff({ faults, tracking }: Batch): boolean {
  return faults.length > 0 || tracking === 'off'
}

function maxUnverifiedMsOf(batch: Batch): number {
  return batch.maxUnverifiedMs ?? (isCutOff(batch) ? 250 : 5_000)
}

/** Every process has its connection, knows of every change, and has sent its own. */
async function available({ seats }: Player): Promise<void> {
  const isAvailable = (): boolean => seats.every(({ cache }) => cache.stats().shared?.isAvailable)
  for (let turn = 0; turn < 50; turn += 1) {
    if (isAvailable()) return
    await turns(1)
  }
  await eventually(isAvailable, SETTLES_WITHIN_MS)
}

function report(players: readonly Player[]): BatchReport {
  const overlaps: Overlaps = { reads: 0, older: 0, olderAfterOne: 0 }
  const violations: string[] = []
  players.forEach(({ truth }, i) => {
    overlaps.reads += truth.overlaps.reads
    overlaps.older += truth.overlaps.older
    overlaps.olderAfterOne += truth.overlaps.olderAfterOne
    if (truth.violations.length === 0) return
    const trace = truth.trace.join('\n    ')
    violations.push(`schedule ${i}: ${truth.violations.join('; ')}\n    ${trace}`)
  })
  return { schedules: players.length, violations, overlaps }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
