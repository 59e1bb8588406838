import { createStorage } from 'unstorage'
import memoryDriver from 'unstorage/drivers/memory'
import redisDriver from 'unstorage/drivers/redis'
import type { Subject, SubjectOptions } from '../harness/subject.ts'

/** A key-value store without loads: those are written by hand around it. */
export async function open({ tier, socketPath, load, prefix }: SubjectOptions): Promise<Subject> {
  const driver =
    tier === 'memory'
      ? memoryDriver()
      : redisDriver({ path: socketPath, enableAutoPipelining: true, base: prefix, ttl: 300 })
  const storage = createStorage({ driver: driver as never })
  return {
    read: (key) => storage.getItem(key),
    get: async (key) => {
      const found = await storage.getItem(key)
      if (found !== null) return found
      const value = await load(key)
      await storage.setItem(key, value as never)
      return value
    },
    getMany: async (keys) => (await storage.getItems([...keys])).map(({ value }) => value),
    set: (key, value) => storage.setItem(key, value as never),
    delete: (key) => storage.removeItem(key),
    close: () => storage.dispose(),
  }
}
