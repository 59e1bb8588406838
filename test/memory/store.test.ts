import { describe, expect, test } from 'vitest'
import { createMemoryStore, type MemoryStoreOptions } from '../../src/memory/index.ts'
import { ABSENT } from '../../src/store/local-store.ts'
import { fakeClock } from '../../src/testing/fake-clock.ts'
import { entryOf } from './support.ts'

const DAY_MS = 86_400_000

function open(options: MemoryStoreOptions = {}) {
  const clock = fakeClock()
  const store = createMemoryStore({ clock, ...options })
  const space = store.space('stays')
  return { clock, store, space, region: space.region('product') }
}

describe('a region', () => {
  test('answers a fresh value, undefined included', () => {
    const { region } = open()

    region.set('a', entryOf('value'))
    region.set('b', entryOf(undefined))

    expect(region.fresh('a')).toBe('value')
    expect(region.fresh('b')).toBeUndefined()
    expect(region.fresh('c')).toBe(ABSENT)
  })

  test('answers at once only until checkAt, and keeps the entry until its grace ends', () => {
    const { clock, region } = open()
    const now = clock.now()
    const entry = entryOf(1, { createdAt: now, freshUntil: now + 100, staleUntil: now + 300 })

    region.set('a', entry, now + 50)

    expect(region.fresh('a')).toBe(1)
    clock.advance(50)
    expect(region.fresh('a')).toBe(ABSENT)
    expect(region.get('a')).toEqual(entry)
    clock.advance(249)
    expect(region.get('a')).toEqual(entry)
    clock.advance(1)
    expect(region.get('a')).toBeUndefined()
    expect(region.size).toBe(0)
  })

  test('never answers at once after freshUntil, whatever checkAt says', () => {
    const { clock, region } = open()
    const now = clock.now()

    region.set('a', entryOf(1, { freshUntil: now + 10, staleUntil: now + 90 }), now + 80)
    clock.advance(10)

    expect(region.fresh('a')).toBe(ABSENT)
    expect(region.get('a')?.freshUntil).toBe(now + 10)
  })

  test('refuses an expired entry and drops what it was to replace', () => {
    const { clock, region } = open()
    region.set('a', entryOf('old'))

    const isStored = region.set('a', entryOf('new', { freshUntil: 0, staleUntil: clock.now() }))

    expect(isStored).toBe(false)
    expect(region.get('a')).toBeUndefined()
  })

  test('keeps an entry that was expired by hand for its grace', () => {
    const { clock, region } = open()
    const now = clock.now()
    const entry = entryOf(1, { createdAt: now - 5, freshUntil: 0, staleUntil: now + 10 })

    region.set('a', entry)

    expect(region.fresh('a')).toBe(ABSENT)
    expect(region.get('a')).toEqual(entry)
  })

  test.each([
    ['whole numbers', { createdAt: 1_000, loadMs: 12, stamp: 7 }],
    ['fractions', { createdAt: 1_785_000_000_000.123, loadMs: 0.1, stamp: 2 ** 40 + 1 }],
    ['an endless life', { freshUntil: Infinity, staleUntil: Infinity }],
    ['an endless grace', { freshUntil: 1_790_000_000_000, staleUntil: Infinity }],
    ['a grace that ends before it begins', { freshUntil: 1_790_000_000_000.7, staleUntil: 5 }],
    ['tags', { tags: ['a', 'b', 'a'] }],
  ])('gives back every field to the last bit: %s', (_, over) => {
    const { region } = open()
    const entry = entryOf('value', over)

    region.set('a', entryOf('before', { loadMs: 3, createdAt: 9, tags: ['z'] }))
    region.set('a', entry)
    region.set('b', entryOf('after', { loadMs: 0.3 }))

    expect(region.get('a')).toEqual(entry)
  })

  test('keeps entries of 400 days and drops them on their day', () => {
    const { clock, region } = open()
    const until = clock.now() + 400 * DAY_MS
    region.set('a', entryOf(1, { freshUntil: until, staleUntil: until }))

    clock.advance(400 * DAY_MS - 1)
    expect(region.fresh('a')).toBe(1)
    clock.advance(1)
    expect(region.fresh('a')).toBe(ABSENT)
    expect(clock.pending).toBe(0)
  })

  test('says whether a deleted key was there', () => {
    const { clock, region } = open()
    const until = clock.now() + 10
    region.set('a', entryOf(1))
    region.set('b', entryOf(2, { freshUntil: until, staleUntil: until }))
    clock.advance(10)

    expect(region.delete('a')).toBe(true)
    expect(region.delete('a')).toBe(false)
    expect(region.delete('b')).toBe(false)
    expect(region.size).toBe(0)
  })

  test('lists the keys that have not expired', () => {
    const { clock, region } = open()
    const until = clock.now() + 10
    region.set('a', entryOf(1, { freshUntil: until, staleUntil: until }))
    region.set('b', entryOf(2))
    clock.advance(10)

    expect([...region.keys()]).toEqual(['b'])
  })

  test('does not follow changes that the caller makes to the tags it gave', () => {
    const { space, region } = open()
    const tags = ['red']
    region.set('a', entryOf(1, { tags }))

    tags[0] = 'blue'

    expect(region.get('a')?.tags).toEqual(['red'])
    expect(space.deleteTags(['blue'])).toBe(0)
    expect(space.deleteTags(['red'])).toBe(1)
  })
})

describe('a space', () => {
  test('is the same for the same name, and so are its regions', () => {
    const { store, space, region } = open()

    expect(store.space('stays')).toBe(space)
    expect(space.region('product')).toBe(region)
    expect([...space.regions()]).toEqual([region])
  })

  test('stops answering at once when it is not trusted, and keeps its entries', () => {
    const { clock, space, region } = open()
    region.set('a', entryOf(1))

    space.trustedUntil = clock.now() + 10
    expect(region.fresh('a')).toBe(1)
    clock.advance(10)
    expect(region.fresh('a')).toBe(ABSENT)
    expect(region.get('a')?.value).toBe(1)
    space.trustedUntil = Infinity
    expect(region.fresh('a')).toBe(1)
  })

  test('drops by tag what carries one of the tags, each once, in all its regions', () => {
    const { space, region } = open()
    region.set('a', entryOf(1, { tags: ['red', 'round'] }))
    region.set('b', entryOf(2, { tags: ['red'] }))
    region.set('c', entryOf(3, { tags: ['blue'] }))
    space.region('host').set('a', entryOf(4, { tags: ['round'] }))

    expect(space.deleteTags(['red', 'round', 'absent'])).toBe(3)
    expect(space.deleteTags(['red', 'round'])).toBe(0)
    expect([...region.keys()]).toEqual(['c'])
  })

  test('forgets the tags of an entry that was replaced', () => {
    const { space, region } = open()
    region.set('a', entryOf(1, { tags: ['red'] }))
    region.set('a', entryOf(2, { tags: ['blue'] }))

    expect(space.deleteTags(['red'])).toBe(0)
    expect(region.fresh('a')).toBe(2)
    expect(space.deleteTags(['blue'])).toBe(1)
  })

  test('drops what matches, and counts only what had not expired', () => {
    const { clock, space, region } = open()
    const until = clock.now() + 10
    region.set('a:1', entryOf(1))
    region.set('a:2', entryOf(2, { freshUntil: until, staleUntil: until }))
    region.set('b:1', entryOf(3))
    space.region('host').set('a:1', entryOf(4))
    clock.advance(10)

    const count = space.deleteWhere((name, key) => name === 'product' && key.startsWith('a:'))

    expect(count).toBe(1)
    expect([...region.keys()]).toEqual(['b:1'])
    expect(region.size).toBe(1)
  })

  test('never touches another space with the same names', () => {
    const { store, space, region } = open()
    const other = store.space('deals')
    region.set('a', entryOf(1, { tags: ['red'] }))
    other.region('product').set('a', entryOf(2, { tags: ['red'] }))
    other.trustedUntil = 0

    expect(region.fresh('a')).toBe(1)
    expect(space.deleteTags(['red'])).toBe(1)
    expect(other.region('product').get('a')?.value).toBe(2)
    expect(space.clear()).toBe(0)
    expect(other.clear()).toBe(1)
    expect(store.size.entries).toBe(0)
  })

  test('keeps more regions apart than fit into 16 bits', () => {
    const fallen: string[] = []
    const { clock, store } = open({ onEvict: (region) => fallen.push(region.name) })
    const regions = 70_000
    const last = Array.from({ length: regions }, (_, id) => store.space('s').region(`${id}`)).at(-1)
    const until = clock.now() + 10

    last?.set('a', entryOf(1, { freshUntil: until, staleUntil: until }))
    clock.advance(10)
    last?.get('a')

    expect(fallen).toEqual(['69999'])
  })
})

describe('the store', () => {
  test('holds what was set while it grows', () => {
    const { store, region } = open()
    for (let key = 0; key < 10_000; key++) region.set(`${key}`, entryOf(key, { tags: [`t${key}`] }))

    expect(store.size).toEqual({
      entries: 10_000,
      bytes: 0,
      maxEntries: 100_000,
      maxBytes: Infinity,
    })
    expect(region.fresh('0')).toBe(0)
    expect(region.fresh('9999')).toBe(9_999)
  })

  test('frees expired entries while others are written', () => {
    const fallen: unknown[] = []
    const { clock, store, region } = open({
      onEvict: (_, key, reason) => fallen.push([key, reason]),
    })
    const until = clock.now() + 10
    for (let key = 0; key < 100; key++) {
      region.set(`${key}`, entryOf(key, { freshUntil: until, staleUntil: until }))
    }
    clock.advance(10)

    for (let write = 0; write < 40; write++) region.set('other', entryOf(write))

    expect(store.size.entries).toBe(1)
    expect(fallen).toHaveLength(100)
    expect(fallen).toContainEqual(['0', 'expired'])
  })

  test('lets whoever is told of an eviction call it', () => {
    const { region } = open({
      maxEntries: 2,
      onEvict: (from, key) => {
        if (!key.startsWith('again')) from.set(`again ${key}`, entryOf(key))
      },
    })

    for (let key = 0; key < 10; key++) region.set(`${key}`, entryOf(key))

    expect(region.size).toBe(2)
  })

  test('is empty and refuses everything once it is closed', () => {
    const { store, region } = open()
    region.set('a', entryOf(1))

    store.close()
    store.close()

    expect(region.set('b', entryOf(1))).toBe(false)
    expect(store.size.entries).toBe(0)
  })
})
