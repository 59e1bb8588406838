import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import {
  IS_NIGHTLY,
  range,
  settles,
  shiftingClock,
  until,
  untilShared,
  useRig,
} from '../redis/rig.ts'

const rig = useRig()

test('A08 a long outage with many writes costs bounded memory, and ends in one clear', async () => {
  const server = await rig.redis()
  const proxy = await rig.proxy(server)
  const here = await rig.ready(proxy, { memory: { maxEntries: 100 } })
  const other = await rig.ready(server)
  await other.cache.set('unrelated', 'old')
  await proxy.set({ refuse: true })
  proxy.reset()
  await untilShared(here, false)

  const rounds = IS_NIGHTLY ? 600 : 60
  const write = async (round: number): Promise<void> => {
    const writes = range(500).map((i) => here.cache.set(`key-${round}-${i}`, i))
    const deletes = range(500).map((i) => here.cache.delete(`gone-${round}-${i}`))
    await settles(Promise.all([...writes, ...deletes]))
  }
  for (const round of range(rounds / 3)) await write(round)
  const before = usedBytes()
  for (const round of range((rounds / 3) * 2)) await write(rounds + round)
  const grown = usedBytes() - before

  // Some 5 MB are this test's own record of what it heard. That the queue is bounded shows below:
  // it has become one clear.
  expect(grown).toBeLessThan(10_000_000)
  await proxy.heal()
  await untilShared(here)
  await until(async () => (await other.cache.get('unrelated')) === undefined)
  expect((await here.cache.set('a', 1)).applied).toBe('all')
})

test('A08 what was invalidated in an outage is sent in order, before anything is read', async () => {
  const server = await rig.redis()
  const proxy = await rig.proxy(server)
  const here = await rig.ready(proxy)
  const other = await rig.ready(server)
  await other.cache.set('a', 'old', { tags: ['red'] })
  await other.cache.set('b', 'old')
  await other.cache.set('pear', 'old')
  await proxy.set({ refuse: true })
  proxy.reset()
  await untilShared(here, false)

  await here.cache.invalidateTags(['red'])
  await here.cache.delete('b')
  await here.cache.invalidatePattern('p*')
  await proxy.heal()
  await untilShared(here)

  expect(await here.cache.getMany(['a', 'b', 'pear'])).toEqual([undefined, undefined, undefined])
  const heard = (): unknown[] => other.said.invalidate.map(({ kind }) => kind)
  await until(() => heard().includes('pattern'))
  expect(heard().filter((kind) => kind === 'tags' || kind === 'pattern')).toEqual([
    'tags',
    'pattern',
  ])
})

test('A09 a fleet that lost its server does not come back in one instant', async () => {
  const server = await rig.redis()
  const proxy = await rig.proxy(server, { faults: { refuse: true } })
  const waits: number[] = []
  range(50).map(() => rig.cache(proxy, { clock: shiftingClock(waits) }))

  await until(() => waits.filter(isRetry).length >= 150)

  const retries = waits.filter(isRetry)
  const spread = Math.max(...retries) - Math.min(...retries)
  expect(spread).toBeGreaterThan(900)
  // Full jitter: no tenth of the span gets more than a third of the fleet.
  for (const tenth of range(10)) {
    const from = 350 + tenth * 100
    const share = retries.filter((ms) => ms >= from && ms < from + 100).length / retries.length
    expect(share).toBeLessThan(0.34)
  }
  await proxy.heal()
})

test('A09 tries at most three times a second, however fast it is refused', async () => {
  const server = await rig.redis()
  const proxy = await rig.proxy(server, { faults: { refuse: true } })
  const waits: number[] = []
  const here = rig.cache(proxy, { clock: shiftingClock(waits) })

  await until(() => here.said.connection.length >= 4)

  expect(waits.filter(isRetry).every((ms) => ms >= 350)).toBe(true)
})

test('A09 does not connect in a tight loop to a server that hangs up again and again', async () => {
  const server = await rig.redis()
  const proxy = await rig.proxy(server)
  const waits: number[] = []
  const here = await rig.ready(proxy, { clock: shiftingClock(waits) })

  for (const times of range(4)) {
    await until(() => here.cache.stats().shared?.isAvailable === true)
    proxy.reset()
    await until(() => here.said.connection.filter(isLost).length > times)
  }

  expect(waits.filter(isRetry).length).toBeGreaterThanOrEqual(2)
})

/** Pauses between attempts; other timers of a cache that is not connected are budgets. */
function isRetry(ms: number): boolean {
  return ms >= 350 && ms < 1_350
}

function isLost({ state }: { readonly state: string }): boolean {
  return state === 'disconnected'
}

/** What is alive: without a collection, the figure says how lazy the collector was. */
function usedBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect === 'function') collect()
  return process.memoryUsage().heapUsed
}
