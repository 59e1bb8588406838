import { composeStorage, createMemoryStorage, defineCachedFunction } from 'ocache'
import { createStorage } from 'unstorage'
import redisDriver from 'unstorage/drivers/redis'
import type { Subject, SubjectOptions } from '../harness/subject.ts'

/** Cached functions; in Redis by unstorage, as its documentation does it. */
export async function open({ tier, socketPath, load, prefix }: SubjectOptions): Promise<Subject> {
  const memory = createMemoryStorage({ maxSize: 100_000 })
  const driver = redisDriver({ path: socketPath, enableAutoPipelining: true, base: prefix })
  const remote = tier === 'memory' ? undefined : createStorage({ driver })
  const shared = remote && {
    get: <T>(key: string) => remote.getItem(key) as Promise<T | null>,
    set: async <T>(key: string, value: T, options?: { ttl?: number }) => {
      if (value === null) await remote.removeItem(key)
      else await remote.setItem(key, value as never, options ?? {})
    },
  }
  const storage = !shared ? memory : tier === 'redis' ? shared : composeStorage([memory, shared])
  const get = defineCachedFunction(async (key: string) => load(key), {
    name: prefix,
    getKey: (key) => key,
    maxAge: 300,
    swr: false,
    storage,
  })
  return {
    get: async (key) => get(key),
    delete: (key) => get.invalidate(key),
    close: async () => remote?.dispose(),
  }
}
