import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCache } from '../../src/index.ts'

/*
 * All orders in which the answers of a source, reads and deletes can fall, in one process without
 * Redis: what was read before an acknowledged delete never comes back after it.
 */

interface Aside {
  get(key: string): Promise<number>
  delete(key: string): Promise<unknown>
}

type Open = (load: () => Promise<number>) => Aside

/** Cache-aside as it is mostly written: look, load, store. */
const openNaive: Open = (load) => {
  const entries = new Map<string, number>()
  return {
    get: async (key) => {
      const known = entries.get(key)
      if (known !== undefined) return known
      const value = await load()
      entries.set(key, value)
      return value
    },
    delete: async (key) => entries.delete(key),
  }
}

const openCache: Open = (load) => {
  const cache = createCache({ hardTimeout: 0 })
  return { get: (key) => cache.getOrSet(key, load), delete: (key) => cache.delete(key) }
}

const openTagged: Open = (load) => {
  const cache = createCache({ hardTimeout: 0 })
  return {
    get: (key) => cache.getOrSet(key, load, { tags: ['t'] }),
    delete: () => cache.invalidateTags(['t']),
  }
}

async function search(open: Open, numRuns: number): Promise<{ failed: boolean; error: unknown }> {
  const clients = fc.array(fc.array(fc.constantFrom('read', 'write'), { maxLength: 4 }), {
    minLength: 2,
    maxLength: 4,
  })
  const { failed, errorInstance: error } = await fc.check(
    fc.asyncProperty(fc.scheduler(), clients, async (scheduler, all) => {
      let source = 0
      let acknowledged = 0
      const cache = open(async () => {
        const value = source
        await scheduler.schedule(Promise.resolve(), 'the source answers')
        return value
      })
      const work = all.map(async (steps) => {
        for (const step of steps) {
          await scheduler.schedule(Promise.resolve(), step)
          if (step === 'read') {
            const floor = acknowledged
            const value = await cache.get('k')
            expect(value).toBeGreaterThanOrEqual(floor)
          } else {
            source += 1
            const version = source
            await cache.delete('k')
            acknowledged = Math.max(acknowledged, version)
          }
        }
      })
      await scheduler.waitFor(Promise.all(work))
    }),
    { numRuns, seed: 20_261_121, endOnFailure: true },
  )
  return { failed, error }
}

test.each([
  ['deletes', openCache],
  ['tags', openTagged],
])('nothing comes back after %s, in any order of answers', async (_name, open) => {
  const { failed, error } = await search(open, 5_000)

  expect({ failed, error: error ?? undefined }).toEqual({ failed: false, error: undefined })
})

test('the same search finds what is wrong with plain cache-aside', async () => {
  const { failed } = await search(openNaive, 1_000)

  expect(failed).toBe(true)
})
