import { expect, test } from 'vitest'
import type { ChaosProxy } from '../../src/testing/chaos-proxy.ts'
import { seededRandom } from '../../src/testing/random.ts'
import {
  IS_NIGHTLY,
  range,
  settles,
  until,
  untilShared,
  useRig,
  type Watched,
} from '../redis/rig.ts'
import type { RedisServer } from '../support/redis-server.ts'

/*
 * B14: readers, a writer and a source, while connections, processes and state are broken at random.
 * After an acknowledged invalidation, a value from before it is never returned by the one who
 * invalidated, nor to a reader who presents its number, nor to anybody once its bound is over.
 */

const rig = useRig()
const LASTS_MS = Number(process.env.CACHETIER_LONG_RUN_MS ?? (IS_NIGHTLY ? 3_600_000 : 8_000))
const MAX_UNVERIFIED_MS = 400
/** What is put in memory at the end of the bound lives as long once more; the rest is scheduling. */
const BOUND_MS = 2 * MAX_UNVERIFIED_MS + 1_000
const KEYS = range(8).map((i) => `key-${i}`)

/** The database, and what is known of its versions to have been invalidated everywhere. */
class Source {
  readonly #versions = new Map(KEYS.map((key) => [key, 0]))
  readonly #acknowledged: {
    readonly key: string
    readonly version: number
    readonly at: number
  }[] = []

  read(key: string): number {
    return this.#versions.get(key) ?? 0
  }

  write(key: string): number {
    const version = this.read(key) + 1
    this.#versions.set(key, version)
    return version
  }

  acknowledge(key: string, version: number): void {
    this.#acknowledged.push({ key, version, at: performance.now() })
  }

  /** The least version that anybody may still return at a moment. */
  floor(key: string, at: number): number {
    const old = this.#acknowledged.filter((each) => each.key === key && at - each.at > BOUND_MS)
    return old.at(-1)?.version ?? 0
  }
}

interface Scene {
  readonly server: RedisServer
  readonly proxies: readonly ChaosProxy[]
  readonly readers: readonly Watched[]
  readonly writer: Watched
  readonly source: Source
  readonly random: () => number
  isOver: boolean
  reads: number
}

const FAULTS: readonly ((scene: Scene, proxy: ChaosProxy) => Promise<unknown>)[] = [
  ({ server }) => server.command('CLIENT', 'KILL', 'TYPE', 'pubsub'),
  ({ server }) => server.command('CLIENT', 'KILL', 'TYPE', 'normal'),
  ({ server }) => server.command('FLUSHALL'),
  ({ server }) => server.command('UNLINK', 'test:{test}:tags'),
  async (_, proxy) => proxy.reset(),
  async (_, proxy) => {
    await proxy.set({ blackHole: 'both' })
    await pause(600)
    await proxy.heal()
  },
  async ({ server }) => {
    server.pause()
    await pause(500)
    server.resume()
  },
]

test('B14 keeps its promises whatever breaks', { timeout: LASTS_MS + 120_000 }, async () => {
  const seed = Number(process.env.CACHETIER_SEED ?? Math.floor(Math.random() * 2 ** 31))
  const scene = await createScene(seed)
  const work = [breakThings(scene), write(scene), ...scene.readers.map((each) => read(scene, each))]
  const ended = Promise.all(work).catch((error: unknown) => {
    throw new Error(`Replay with CACHETIER_SEED=${seed}`, { cause: error })
  })
  await Promise.race([pause(LASTS_MS), ended])
  scene.isOver = true

  await ended
  for (const proxy of scene.proxies) await proxy.heal()
  const all = [scene.writer, ...scene.readers]
  for (const each of all) await untilShared(each)
  for (const key of KEYS) scene.source.write(key)
  expect((await scene.writer.cache.invalidateTags(KEYS)).applied).toBe('all')
  for (const each of all) {
    await until(async () => {
      const values = await Promise.all(KEYS.map((key) => load(scene, each, key)))
      return values.every((value, i) => value === scene.source.read(KEYS[i] as string))
    })
  }
  expect(scene.reads).toBeGreaterThan(100)
})

async function createScene(seed: number): Promise<Scene> {
  const server = await rig.redis()
  const proxies = [await rig.proxy(server), await rig.proxy(server)]
  const redis = { maxUnverified: MAX_UNVERIFIED_MS }
  const readers = [
    ...(await Promise.all(proxies.map((proxy) => rig.ready(proxy, { redis })))),
    await rig.ready(server, { redis: { ...redis, tracking: 'broadcast' } }),
  ]
  const writer = await rig.ready(server, { redis })
  const random = seededRandom(seed)
  const source = new Source()
  return { server, proxies, readers, writer, source, random, isOver: false, reads: 0 }
}

function load(scene: Scene, { cache }: Watched, key: string, after?: number): Promise<number> {
  const loader = async (): Promise<number> => {
    const value = scene.source.read(key)
    await pause(scene.random() * 5)
    return value
  }
  return settles(cache.getOrSet(key, loader, { tags: [key], after }))
}

async function breakThings(scene: Scene): Promise<void> {
  while (!scene.isOver) {
    await pause(100 + scene.random() * 500)
    const fault = FAULTS[Math.floor(scene.random() * FAULTS.length)]
    const proxy = scene.proxies[Math.floor(scene.random() * scene.proxies.length)]
    if (fault && proxy) await fault(scene, proxy)
  }
}

async function write(scene: Scene): Promise<void> {
  const { source, writer, readers, random } = scene
  while (!scene.isOver) {
    const key = KEYS[Math.floor(random() * KEYS.length)] as string
    const version = source.write(key)
    const { applied, number } = await settles(writer.cache.invalidateTags([key]))
    expect(await load(scene, writer, key), 'the one who invalidated').toBeGreaterThanOrEqual(
      version,
    )
    if (applied === 'all') {
      source.acknowledge(key, version)
      const reader = readers[Math.floor(random() * readers.length)] as Watched
      const value = await load(scene, reader, key, number)
      expect(value, 'who presents the number').toBeGreaterThanOrEqual(version)
    }
    await pause(random() * 10)
  }
}

async function read(scene: Scene, reader: Watched): Promise<void> {
  while (!scene.isOver) {
    const key = KEYS[Math.floor(scene.random() * KEYS.length)] as string
    const floor = scene.source.floor(key, performance.now())
    expect(await load(scene, reader, key), 'after its bound').toBeGreaterThanOrEqual(floor)
    scene.reads += 1
    await pause(scene.random() * 3)
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
