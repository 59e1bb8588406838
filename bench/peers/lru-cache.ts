import { LRUCache } from 'lru-cache'
import type { Subject, SubjectOptions } from '../harness/subject.ts'

/** A bounded map by itself; the promises are ours, as a cache's callers await. */
export async function open({ load }: SubjectOptions): Promise<Subject> {
  const entries = new LRUCache<string, NonNullable<unknown>>({ max: 100_000, ttl: 300_000 })
  return {
    read: async (key) => entries.get(key),
    get: async (key) => {
      const found = entries.get(key)
      if (found !== undefined) return found
      const value = await load(key)
      entries.set(key, value as NonNullable<unknown>)
      return value
    },
    set: async (key, value) => entries.set(key, value as NonNullable<unknown>),
    delete: async (key) => entries.delete(key),
    close: async () => {},
  }
}
