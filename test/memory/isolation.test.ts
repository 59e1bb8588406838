import { afterEach, describe, expect, test, vi } from 'vitest'
import { isCacheError } from '../../src/base/errors.ts'
import { deepFreeze } from '../../src/memory/freeze.ts'
import { createMemoryStore, type MemoryStoreOptions } from '../../src/memory/index.ts'
import { ABSENT, type LocalRegion } from '../../src/store/local-store.ts'
import { fakeClock } from '../../src/testing/fake-clock.ts'
import { entryOf } from './support.ts'

class Counter {
  label = 'a'
  #count = 0

  increment(): number {
    this.#count += 1
    return this.#count
  }
}

function open(options: MemoryStoreOptions): LocalRegion {
  return createMemoryStore({ clock: fakeClock(), ...options })
    .space('a')
    .region('b')
}

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('by reference', () => {
  test('every reader gets the value that was set', () => {
    const region = open({})
    const value = { list: [1] }

    region.set('a', entryOf(value))

    expect(region.fresh('a')).toBe(value)
    expect(region.get('a')?.value).toBe(value)
  })

  test('a value is frozen in development and not in production', () => {
    vi.stubEnv('NODE_ENV', 'development')
    const developed = { list: [1] }
    open({}).set('a', entryOf(developed))
    vi.stubEnv('NODE_ENV', 'production')
    const produced = { list: [1] }
    open({}).set('a', entryOf(produced))

    expect(() => developed.list.push(2)).toThrow(TypeError)
    expect(produced.list.push(2)).toBe(2)
  })

  test('freezing is a choice', () => {
    const value = { list: [1] }

    open({ freeze: false }).set('a', entryOf(value))

    expect(Object.isFrozen(value)).toBe(false)
  })
})

describe('deepFreeze', () => {
  test('freezes plain objects and arrays at any depth, cycles and symbols included', () => {
    const symbol = Symbol('s')
    const inner: Record<string | symbol, unknown> = { [symbol]: [{}], bare: Object.create(null) }
    inner.self = inner
    const value = Object.freeze({ inner })

    deepFreeze(value)

    expect(Object.isFrozen(inner)).toBe(true)
    expect(Object.isFrozen((inner[symbol] as unknown[])[0])).toBe(true)
    expect(Object.isFrozen(inner.bare)).toBe(true)
  })

  test('leaves buffers, collections, dates, instances and functions as they are', () => {
    const counter = new Counter()
    const value = {
      bytes: new Uint8Array([1]),
      buffer: Buffer.from('a'),
      view: new DataView(new ArrayBuffer(1)),
      map: new Map([[1, 1]]),
      date: new Date(0),
      call: () => 1,
      counter,
    }

    deepFreeze(value)
    value.bytes[0] = 2
    counter.label = 'b'

    expect(value.bytes[0]).toBe(2)
    expect(counter.increment()).toBe(1)
    expect(value.map.set(2, 2).size).toBe(2)
  })

  test('calls no getter', () => {
    const getter = vi.fn(() => 1)
    const value = Object.defineProperty({}, 'computed', { get: getter, enumerable: true })

    expect(Object.isFrozen(deepFreeze(value))).toBe(true)
    expect(getter).not.toHaveBeenCalled()
  })

  test('is not stopped by depth', () => {
    let value: unknown = []
    for (let depth = 0; depth < 100_000; depth++) value = [value]

    expect(Object.isFrozen(deepFreeze(value))).toBe(true)
  })
})

describe('by copy', () => {
  test('what the caller changes afterwards changes nothing', () => {
    const region = open({ isolation: 'copy' })
    const value = { list: [1] }
    region.set('a', entryOf(value))

    value.list.push(2)
    const first = region.fresh('a') as typeof value
    first.list.push(3)
    const second = region.get('a')?.value as typeof value
    second.list.push(4)

    expect(region.fresh('a')).toEqual({ list: [1] })
  })

  test('a value that cannot be copied is an error, and ends what it was to replace', () => {
    const region = open({ isolation: 'copy' })
    region.set('a', entryOf('old'))

    const set = (): boolean =>
      region.set(
        'a',
        entryOf(() => 1),
      )

    expect(set).toThrow(expect.toSatisfy((error: unknown) => isCacheError(error, 'ERR_VALUE')))
    expect(region.fresh('a')).toBe(ABSENT)
  })
})
