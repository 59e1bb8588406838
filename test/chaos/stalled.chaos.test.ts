import { expect, test } from 'vitest'
import { range, settles, untilShared, useRig, warmUp } from '../redis/rig.ts'

const rig = useRig()

test('A07 takes no answer for late that came while the process was busy', async () => {
  const server = await rig.redis()
  const other = await rig.ready(server)
  // Far below the stall, and far above what a busy machine needs.
  const redis = { commandTimeout: '1s', writeTimeout: '1s' } as const
  const here = await rig.ready(server, { redis })
  await warmUp(other, 'key-', 100)
  const inFlight = range(100).map((i) => here.cache.getOrSet(`key-${i}`, () => 'loaded'))
  const leases = range(10).map((i) => here.cache.getOrSet(`cold-${i}`, () => i))

  await new Promise((resolve) => setImmediate(resolve))
  busyFor(2_500)

  expect(await settles(Promise.all(inFlight))).toEqual(range(100))
  expect(await settles(Promise.all(leases))).toEqual(range(10))
  expect(here.said.error).toEqual([])
  expect(here.said.breaker).toEqual([])
})

test('A07 survives a stall that is longer than a heartbeat may be late', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server)
  await here.cache.set('a', 1)

  busyFor(3_000)
  await untilShared(here)

  expect(here.said.connection.map(({ state }) => state)).toEqual(['connected'])
  expect(here.said.breaker).toEqual([])
})

function busyFor(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}
