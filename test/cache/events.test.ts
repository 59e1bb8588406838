import { channel } from 'node:diagnostics_channel'
import { describe, expect, test, vi } from 'vitest'
import { EVENT_NAMES, Events } from '../../src/cache/events.ts'
import { openCache } from './support.ts'

describe('a cache tells', () => {
  test('of hits, stale entries, misses and loads', async () => {
    const { cache, clock } = openCache({ ttl: '1s', grace: '1h' })
    const products = cache.define({ name: 'product', load: (id: string) => id })
    const told: unknown[] = []
    for (const name of ['hit', 'stale', 'miss', 'load'] as const) {
      cache.on(name, (event) => told.push([name, event]))
    }
    const where = { definition: 'product', key: '42' }

    await products.get('42')
    await products.get('42')
    clock.advance(1_000)
    await products.get('42')
    await clock.settle()

    expect(told).toEqual([
      ['load', { ...where, ms: 0, error: undefined }],
      ['miss', where],
      ['hit', { ...where, tier: 'memory' }],
      ['stale', where],
      ['load', { ...where, ms: 0, error: undefined }],
    ])
  })

  test('of failed loads', async () => {
    const { cache } = openCache()
    const heard = vi.fn()
    cache.on('load', heard)
    const read = cache.getOrSet('42', () => {
      throw new Error('down')
    })
    await expect(read).rejects.toThrow('down')

    const error = expect.objectContaining({ code: 'ERR_LOAD' })
    expect(heard.mock.calls).toEqual([[{ definition: 'kv', key: '42', ms: 0, error }]])
  })

  test('of invalidations, by kind and target', async () => {
    const { cache } = openCache()
    const products = cache.define({ name: 'product', load: String })
    const heard = vi.fn()
    cache.on('invalidate', heard)

    await products.delete('1', '2')
    await cache.expire('3')
    await cache.invalidateTags(['t'])
    await cache.invalidatePattern('p*')
    await cache.clear()

    const origin = 'local'
    expect(heard.mock.calls.flat()).toEqual([
      { kind: 'delete', targets: ['product:1', 'product:2'], origin, number: 1 },
      { kind: 'expire', targets: ['3'], origin, number: 2 },
      { kind: 'tags', targets: ['t'], origin, number: 3 },
      { kind: 'pattern', targets: ['p*'], origin, number: 4 },
      { kind: 'clear', targets: [], origin, number: 5 },
    ])
  })

  test('of entries that had to go', async () => {
    const { cache } = openCache({ memory: { maxEntries: 10 } })
    const heard = vi.fn()
    cache.on('evict', heard)

    for (let i = 0; i < 20; i += 1) await cache.set(`k${i}`, i)

    expect(heard).toHaveBeenCalledTimes(10)
    expect(heard.mock.calls[0]?.[0]).toMatchObject({ definition: 'kv', reason: 'capacity' })
  })

  test('nobody who has stopped listening', async () => {
    const { cache } = openCache()
    const heard = vi.fn()
    const stop = cache.on('miss', heard)

    await cache.get('a')
    stop()
    stop()
    await cache.get('a')

    expect(heard).toHaveBeenCalledTimes(1)
  })

  test('the diagnostics channels, with the namespace', async () => {
    const { cache } = openCache({ namespace: 'stays' })
    const heard = vi.fn()
    channel('cachetier:hit').subscribe(heard)
    await cache.set('42', 1)

    await cache.getOrSet('42', () => 1)
    channel('cachetier:hit').unsubscribe(heard)
    await cache.getOrSet('42', () => 1)

    const event = { namespace: 'stays', definition: 'kv', key: '42', tier: 'memory' }
    expect(heard.mock.calls).toEqual([[event, 'cachetier:hit']])
  })
})

test('a listener that throws stops neither the others nor the caller', async () => {
  const events = new Events('test')
  const heard = vi.fn()
  const fault = new Error('in the listener')
  events.on('miss', () => {
    throw fault
  })
  events.on('miss', heard)
  const microtasks: (() => void)[] = []
  const queue = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((run) => {
    microtasks.push(run)
  })

  events.emit('miss', { definition: 'kv', key: '1' })
  queue.mockRestore()

  expect(heard).toHaveBeenCalledTimes(1)
  expect(microtasks).toHaveLength(1)
  expect(microtasks[0]).toThrow(fault)
})

test('nobody is asked to put an event together that nobody wants', () => {
  const events = new Events('test')
  expect(EVENT_NAMES.map((name) => events.wants(name))).toEqual(EVENT_NAMES.map(() => false))
  expect(events.isHeard).toBe(false)

  const stop = events.on('stale', () => {})
  expect([events.wants('stale'), events.wants('hit'), events.isHeard]).toEqual([true, false, true])
  stop()
  expect(events.wants('stale')).toBe(false)
})
