import { expect, test } from 'vitest'
import type { WorkerProcess } from '../support/process.ts'
import type { RedisServer } from '../support/redis-server.ts'
import type { MemberHandlers } from './fixtures/member.ts'
import { counted, PATIENT, range, settles, until, useRig } from './rig.ts'

/* One load among several processes, whatever becomes of the one that does it. */

const rig = useRig(PATIENT)
const MEMBER = new URL('./fixtures/member.ts', import.meta.url)
const LEASE = 'test:kv:{a}:l'

type Member = WorkerProcess<MemberHandlers>

async function fleet(server: RedisServer, size: number): Promise<Member[]> {
  const env = { REDIS_URL: server.url }
  const members = await Promise.all(
    range(size).map(() => rig.worker<MemberHandlers>(MEMBER, { env })),
  )
  await Promise.all(members.map((member) => member.call('ready')))
  return members
}

async function totalLoads(members: readonly Member[]): Promise<number> {
  const loads = await Promise.all(members.map((member) => member.call('loads')))
  return loads.reduce((a, b) => a + b, 0)
}

test('C02 one load serves 4 processes with 250 callers each; a failing one fails for all', async () => {
  const members = await fleet(await rig.redis(), 4)

  const values = await Promise.all(
    members.map((each) => each.call('read', 'a', 'loaded', 100, 250)),
  )
  expect(values.flat()).toEqual(range(4).map(() => 'loaded'))
  expect(await totalLoads(members)).toBe(1)

  const failures = await Promise.all(
    members.map((each) => each.call('read', 'b', 'fail', 300, 250)),
  )
  for (const failure of failures.flat()) expect(failure).toContain('the database is down')
  expect(await totalLoads(members)).toBe(2)
})

test('C03 another process loads when the one that held the lease was killed', async () => {
  const server = await rig.redis()
  const [holder, waiter] = (await fleet(server, 2)) as [Member, Member]
  await holder.call('hold', 'a')
  await until(async () => (await server.command('EXISTS', LEASE)) === 1)
  const read = waiter.call('read', 'a', 'from the other', 0, 10)
  await until(async () => String(await waiter.call('stats').then(leaseWaits)) !== '0')

  await holder.kill()

  expect(await settles(read)).toEqual(['from the other'])
})

test('C03 a process that was frozen beyond its lease stores nothing when it goes on', async () => {
  const server = await rig.redis()
  const [holder, other] = (await fleet(server, 2)) as [Member, Member]
  await holder.call('hold', 'a')
  await until(async () => (await server.command('EXISTS', LEASE)) === 1)

  holder.pause()
  expect(await settles(other.call('read', 'a', 'newer', 0))).toEqual(['newer'])
  holder.resume()
  await holder.call('open', 'a', 'older')

  await until(async () => (await holder.call('get', 'a')) === 'newer')
  expect(await other.call('get', 'a')).toBe('newer')
})

test('the end of a load wakes those who wait, well before they would ask again', async () => {
  const server = await rig.redis()
  const holder = await rig.ready(server)
  const waits: number[] = []
  const waiter = await rig.ready(server)
  let finish = (_value: string): void => {}
  const held = holder.cache.getOrSet(
    'a',
    () => new Promise<string>((resolve) => (finish = resolve)),
  )
  await until(async () => (await server.command('EXISTS', LEASE)) === 1)
  const read = waiter.cache.getOrSet('a', () => 'not needed')
  await until(() => waiter.cache.stats().leaseWaits > 0)
  // It polls too; how often it has done so tells whether it was woken.
  waits.push(waiter.cache.stats().leaseWaits)

  finish('loaded')

  expect(await settles(Promise.all([held, read]))).toEqual(['loaded', 'loaded'])
  expect(waiter.cache.stats().leaseWaits - (waits[0] ?? 0)).toBeLessThanOrEqual(1)
})

test('a load that skips gives its lease back, and the next one loads', async () => {
  const server = await rig.redis()
  const members = (await fleet(server, 2)) as [Member, Member]

  expect(await members[0].call('skip', 'a')).toBe('skipped')
  expect(await server.command('EXISTS', LEASE)).toBe(0)
  expect(await settles(members[1].call('read', 'a', 'loaded', 0))).toEqual(['loaded'])
})

test('a lease is renewed for as long as its load runs', async () => {
  const server = await rig.redis()
  const holder = await rig.ready(server, { redis: { leaseTtl: 150 } })
  const waiter = await rig.ready(server)
  let finish = (_value: string): void => {}
  const held = holder.cache.getOrSet(
    'a',
    () => new Promise<string>((resolve) => (finish = resolve)),
  )
  await until(async () => (await server.command('EXISTS', LEASE)) === 1)
  const load = counted('second')
  const read = waiter.cache.getOrSet('a', load)

  await until(() => waiter.cache.stats().leaseWaits >= 5)
  finish('first')

  expect(await settles(Promise.all([held, read]))).toEqual(['first', 'first'])
  expect(load.runs).toBe(0)
})

test('a load that never ends holds the others up no longer than maxLease', async () => {
  const server = await rig.redis()
  const holder = await rig.ready(server, { redis: { leaseTtl: 150, maxLease: 300 } })
  const waiter = await rig.ready(server)
  const signal = AbortSignal.timeout(60_000)
  const endless = holder.cache.getOrSet('a', ({ signal: stop }) => whenAborted(stop), { signal })
  const ended = endless.catch(() => 'stopped')
  await until(async () => (await server.command('EXISTS', LEASE)) === 1)

  expect(await settles(waiter.cache.getOrSet('a', () => 'loaded'))).toBe('loaded')

  await holder.cache.close()
  expect(await settles(ended)).toBe('stopped')
})

test('B12 what was loaded before a delete by another process is never stored after it', async () => {
  const server = await rig.redis()
  const here = await rig.ready(server)
  const there = await rig.ready(server)

  for (const round of range(200)) {
    const key = `key-${round}`
    let runs = 0
    const read = here.cache.getOrSet(key, async () => {
      runs += 1
      if (runs === 1) await there.cache.delete(key)
      return runs === 1 ? 'old' : 'new'
    })
    await settles(read)
    expect(await there.cache.get(key)).not.toBe('old')
    expect(here.cache.peek(key)).not.toBe('old')
  }
})

test('B03 a number from one process is honoured by all', async () => {
  const members = await fleet(await rig.redis(), 3)
  const [first, ...others] = members as [Member, ...Member[]]

  for (const round of range(20)) {
    await first.call('set', 'a', `old-${round}`, ['red'])
    await Promise.all(others.map((each) => each.call('get', 'a')))
    const { number } = (await first.call('invalidate', ['red'])) as { number: number }
    const values = await Promise.all(others.map((each) => each.call('get', 'a', number)))
    expect(values).toEqual([undefined, undefined])
  }
})

function leaseWaits(stats: unknown): number {
  return (stats as { readonly leaseWaits: number }).leaseWaits
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
  })
}
