/*
 * What tests of the Redis tier stand on: servers, bad networks, processes and caches, all of them
 * ended after each test, with what must hold then checked.
 */
import type { Redis } from 'ioredis'
import { afterEach, beforeEach } from 'vitest'
import { type Clock, systemClock } from '../../src/base/clock.ts'
import type { Cache } from '../../src/cache/cache.ts'
import type { CacheEvents, EventName } from '../../src/cache/events.ts'
import { type CacheOptions, createCache } from '../../src/create-cache.ts'
import type { RedisOptions } from '../../src/redis/options.ts'
import {
  type ChaosProxy,
  type ChaosProxyOptions,
  type ChaosTarget,
  chaosProxy,
} from '../../src/testing/chaos-proxy.ts'
import { eventually } from '../support/eventually.ts'
import {
  expectCountsAddUp,
  expectNothingLeft,
  type OpenResources,
  openResources,
} from '../support/invariants.ts'
import { startWorker, type WorkerOptions, type WorkerProcess } from '../support/process.ts'
import { type RedisServer, type RedisServerOptions, startRedis } from '../support/redis-server.ts'
import type { Handlers } from '../support/worker.ts'

/** The nightly run does the long versions. */
export const IS_NIGHTLY: boolean = process.env.CACHETIER_NIGHTLY === '1'

/** Far above every time budget: what has not settled by then hangs. */
const HANGS_MS = 10_000

type Events = { readonly [N in EventName]: CacheEvents[N][] }

/** A cache, and everything that it said. */
export interface Watched {
  readonly cache: Cache<Redis>
  readonly said: Events
}

export type CacheSettings = Omit<CacheOptions, 'redis'> & { readonly redis?: RedisOptions }

/**
 * Budgets that no machine exceeds, however busy it is: for tests in which nothing is slow, and in
 * which a command that was given up would be a false alarm.
 */
export const PATIENT = { commandTimeout: '20s', writeTimeout: '20s' } as const

/**
 * Opens a rig for each test of the file. Call it at the top.
 *
 * @param defaults what every cache of the file is told, unless it is told otherwise
 */
export function useRig(defaults: RedisOptions = {}): Rig {
  const rig = new Rig(defaults)
  beforeEach(() => rig.begin())
  afterEach(() => rig.end())
  return rig
}

export class Rig {
  readonly #defaults: RedisOptions
  #before: OpenResources = {}
  #caches: Watched[] = []
  #closers: (() => Promise<unknown>)[] = []

  constructor(defaults: RedisOptions) {
    this.#defaults = defaults
  }

  begin(): void {
    this.#before = openResources()
  }

  async redis(options?: RedisServerOptions): Promise<RedisServer> {
    const server = await startRedis({ tcp: true, ...options })
    this.#closers.push(() => server.stop())
    return server
  }

  async proxy(target: ChaosTarget | RedisServer, options?: ChaosProxyOptions): Promise<ChaosProxy> {
    const proxy = await chaosProxy(
      'socketPath' in target ? { port: portOf(target) } : target,
      options,
    )
    this.#closers.push(() => proxy.close())
    return proxy
  }

  async worker<H extends Handlers>(file: URL, options?: WorkerOptions): Promise<WorkerProcess<H>> {
    const worker = await startWorker<H>(file, options)
    this.#closers.push(() => worker.kill())
    return worker
  }

  /** A cache at this place, which need not be reachable. */
  cache(place: Place, settings: CacheSettings = {}): Watched {
    const redis = { ...this.#defaults, ...redisAt(place), ...settings.redis }
    const cache = createCache({ namespace: 'test', ...settings, redis })
    const said = listen(cache)
    const watched = { cache, said }
    this.#caches.push(watched)
    return watched
  }

  /** A cache that has reached its server. */
  async ready(place: Place, settings?: CacheSettings): Promise<Watched> {
    const watched = this.cache(place, settings)
    await watched.cache.ready()
    return watched
  }

  /** Something that the test opened by itself. */
  closing(close: () => Promise<unknown>): void {
    this.#closers.push(close)
  }

  async end(): Promise<void> {
    const caches = this.#caches.splice(0)
    const closers = this.#closers.splice(0)
    await Promise.all(caches.map(({ cache }) => cache.close()))
    for (const close of closers.reverse()) await close()
    await expectNothingLeft(this.#before)
    for (const { cache } of caches) expectCountsAddUp(cache.stats())
  }
}

export type Place = RedisServer | ChaosProxy | string

function portOf({ port }: RedisServer): number {
  if (port === undefined) throw new Error('This server listens on a unix socket alone.')
  return port
}

function redisAt(place: Place): RedisOptions {
  if (typeof place === 'string') return { url: place }
  return 'url' in place ? { url: place.url } : { host: place.host, port: place.port }
}

function listen(cache: Cache<Redis>): Events {
  const names = ['invalidate', 'connection', 'breaker', 'rejected', 'error', 'evict'] as const
  const said: Events = {
    hit: [],
    stale: [],
    miss: [],
    load: [],
    invalidate: [],
    evict: [],
    connection: [],
    breaker: [],
    rejected: [],
    error: [],
  }
  for (const name of names) cache.on(name, (event) => void (said[name] as unknown[]).push(event))
  return said
}

/** The promise's outcome; fails if it hangs, however generous one is. */
export function settles<T>(promise: Promise<T>, withinMs: number = HANGS_MS): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new Error(`Still pending after ${withinMs} ms.`))
    const timer = setTimeout(late, withinMs)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** Waits until the outside world has made it true. */
export function until(
  check: () => boolean | Promise<boolean>,
  withinMs: number = HANGS_MS,
): Promise<boolean> {
  return eventually(check, withinMs)
}

/** Waits until the shared tier is in use, or is not. */
export function untilShared({ cache }: Watched, isUsed: boolean = true): Promise<boolean> {
  return until(() => cache.stats().shared?.isAvailable === isUsed)
}

export interface ShiftingClock extends Clock {
  /** Moves the time on, or back, for those who hold this clock; timers that run stay as they are. */
  shift(ms: number): void
}

/** Real time, as far off as a test likes. @param waits takes down how long each timer is to wait */
export function shiftingClock(waits: number[] = [], offsetMs: number = 0): ShiftingClock {
  let offset = offsetMs
  return {
    now: () => systemClock.now() + offset,
    coarseNow: () => systemClock.coarseNow() + offset,
    random: () => systemClock.random(),
    afterInput: (run) => systemClock.afterInput(run),
    schedule: (ms, run) => {
      waits.push(ms)
      return systemClock.schedule(ms, run)
    },
    shift: (ms) => {
      offset += ms
    },
  }
}

/** A loader that counts how often it ran. */
export interface CountedLoader<V> {
  (): Promise<V>
  runs: number
}

export function counted<V>(value: V | (() => V | Promise<V>)): CountedLoader<V> {
  const load = async (): Promise<V> => {
    load.runs += 1
    return typeof value === 'function' ? (value as () => V)() : value
  }
  load.runs = 0
  return load
}

/** Stores `prefix0`, `prefix1`, … with their numbers, a few at a time: a busy machine is slow. */
export async function warmUp({ cache }: Watched, prefix: string, count: number): Promise<void> {
  for (let from = 0; from < count; from += 100) {
    const some = range(Math.min(100, count - from)).map((i) => from + i)
    await Promise.all(some.map((i) => cache.set(`${prefix}${i}`, i)))
  }
}

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}

/** How often the server has run a command, by its name in lower case. */
export async function commandCalls(server: RedisServer, name: string): Promise<number> {
  const info = String(await server.command('INFO', 'commandstats'))
  return Number(new RegExp(`cmdstat_${name.replace('|', '\\|')}:calls=(\\d+)`).exec(info)?.[1] ?? 0)
}
