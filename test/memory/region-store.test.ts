import { describe, expect, test } from 'vitest'
import { createMemoryStore, createTierStore, regionStore } from '../../src/memory/index.ts'
import { fakeClock } from '../../src/testing/fake-clock.ts'
import { storeSuite } from '../../src/testing/store-suite.ts'
import { entryOf } from './support.ts'

storeSuite('memory store by reference', (clock) => createTierStore({ clock }))
storeSuite('memory store by copy', (clock) => createTierStore({ clock, isolation: 'copy' }))
storeSuite('memory store bounded by bytes', (clock) => createTierStore({ clock, maxBytes: '64mb' }))

describe('regionStore', () => {
  test('leaves the region to its owner when it is closed', async () => {
    const region = createMemoryStore({ clock: fakeClock() }).space('a').region('b')
    const store = regionStore(region)

    await store.set('key', entryOf(1))
    await store.close()

    expect(region.get('key')?.value).toBe(1)
  })
})
